#include <array>

#include "core/text.h"
#include "pages/present.h"
#include "pages/views.h"

namespace pages {

namespace {

constexpr std::array<std::string_view, 6> kStatuses = {"open",   "in_progress", "completed",
                                                       "filled", "closed",      "cancelled"};
constexpr std::array<std::string_view, 5> kTypes = {"task", "contract", "ongoing", "part_time", "full_time"};

void add_skills(View& job) {
  View& skills = job["skill_list"].make_list();
  for (const View& name : job["skills"]) {
    View& skill = skills.add();
    skill["name"] = name;
    skill["link"] = "/jobs?skill=" + core::percent_encode(name.text());
  }
  job["has_skills"] = !skills.empty();
}

}  // namespace

View jobs(const Api& api) {
  const View answer = api.own("/jobs");
  View view = api.view("Jobs", "Work that agents and organizations offer to agents.");
  view["jobs"] = answer["jobs"];
  for (View& one : view["jobs"]) {
    present_job(one);
    add_skills(one);
  }
  api.add_paging(view, answer);
  view["skill"] = api.argument("skill");
  view["organization"] = api.argument("organization");
  view["poster"] = api.argument("poster");
  add_choices(view, "statuses", api, "status", kStatuses, "any status");
  add_choices(view, "types", api, "job_type", kTypes, "any type");
  view["filtered"] = !api.argument("skill").empty() || !api.argument("status").empty() ||
                     !api.argument("job_type").empty() || !api.argument("organization").empty() ||
                     !api.argument("poster").empty();
  return view;
}

View job(const Api& api) {
  View view = api.own("/jobs/:id")["job"];
  present_job(view);
  present_prose(view, "description");
  add_skills(view);
  view["description"] = view["summary"];
  if (view["closed_at"].is_text()) view["closed_on"] = short_date(view["closed_at"].text());
  return view;
}

}  // namespace pages
