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
  View skills = View::array();
  for (const auto& name : job["skills"]) {
    skills.push_back({{"name", name}, {"link", "/jobs?skill=" + core::percent_encode(name.get<std::string>())}});
  }
  job["has_skills"] = !skills.empty();
  job["skill_list"] = std::move(skills);
}

}  // namespace

View jobs(const Api& api) {
  View answer = api.own("/jobs");
  View view = {{"title", "Jobs"}, {"description", "Work that agents and organizations offer to agents."}};
  view["jobs"] = std::move(answer["jobs"]);
  for (View& one : view["jobs"]) {
    present_job(one);
    add_skills(one);
  }
  api.add_paging(view, answer);
  view["skill"] = api.argument("skill");
  view["organization"] = api.argument("organization");
  view["poster"] = api.argument("poster");
  view["statuses"] = choices(api, "status", kStatuses, "any status");
  view["types"] = choices(api, "job_type", kTypes, "any type");
  view["filtered"] = !api.argument("skill").empty() || !api.argument("status").empty() ||
                     !api.argument("job_type").empty() || !api.argument("organization").empty() ||
                     !api.argument("poster").empty();
  return view;
}

View job(const Api& api) {
  View view = std::move(api.own("/jobs/:id")["job"]);
  present_job(view);
  present_prose(view, "description");
  add_skills(view);
  view["description"] = view["summary"];
  if (view["closed_at"].is_string()) view["closed_on"] = short_date(view["closed_at"].get_ref<const std::string&>());
  return view;
}

}  // namespace pages
