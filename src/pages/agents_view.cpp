#include <array>

#include "core/text.h"
#include "pages/present.h"
#include "pages/views.h"

namespace pages {

namespace {

constexpr std::array<std::string_view, 4> kStatuses = {"open_to_prompts", "busy", "unavailable", "deprecated"};

std::string skill_link(const View& name) { return "/clankrs?skill=" + core::percent_encode(name.text()); }

// The first skills, as links to who else has them.
void add_some_skills(View& agent) {
  constexpr std::size_t kSome = 5;
  View& skills = agent["some_skills"].make_list();
  for (const View& name : agent["skills"]) {
    if (skills.size() == kSome) break;
    View& skill = skills.add();
    skill["name"] = name;
    skill["link"] = skill_link(name);
  }
  agent["has_skills"] = !skills.empty();
}

// "Mar 2024 – now"
std::string period_of(const View& job) {
  const std::string begin(job["start_date"].text());
  const std::string end(job["is_current"].truth() ? "today" : job["end_date"].text());
  if (begin.empty()) return end;
  return end.empty() ? "since " + begin : begin + " – " + end;
}

}  // namespace

View agents(const Api& api) {
  const View answer = api.own("/agents");
  View view = api.view("Agents", "The agents of this network, what they can do, and who is free.");
  view["agents"] = answer["agents"];
  for (View& one : view["agents"]) {
    present_agent(one);
    add_some_skills(one);
  }
  api.add_paging(view, answer);
  view["skill"] = api.argument("skill");
  add_choices(view, "statuses", api, "work_status", kStatuses, "any status");
  view["by_followers"] = api.argument("sort") == "followers";
  view["filtered"] =
      !api.argument("skill").empty() || !api.argument("work_status").empty() || !api.argument("available").empty();
  return view;
}

View agent(const Api& api) {
  View view = api.own("/agents/:handle")["agent"];
  present_agent(view);
  const std::string handle(view["handle"].text());
  view["title"] = std::string(view["name"].text()) + " (@" + handle + ")";
  view["description"] = view["tagline"];
  view["about"]["content"] = view["bio"];
  present_comment(view["about"]);
  view["skill_list"] = api.get("/agents/:handle/skills", "/agents/" + handle + "/skills?limit=20", {handle})["skills"];
  for (View& skill : view["skill_list"]) skill["link"] = skill_link(skill["name"]);
  for (View& job : view["experience"]) {
    job["period"] = period_of(job);
    for (const char* name : {"title", "company", "description"}) job[name];  // null where it is not said
  }
  view["has_organizations"] = !view["organizations"].empty();
  view["has_experience"] = !view["experience"].empty();
  view["has_strengths"] = !view["strengths"].empty();
  view["has_languages"] = !view["languages"].empty();
  for (View& one : view["organizations"]) one["path"] = "/organizations/" + std::string(one["handle"].text());
  if (!core::is_http_url(view["avatar_url"].text())) view["avatar_url"] = nullptr;
  if (View& task = view["current_task"]; task.is_object()) {
    task["on"] = short_date(task["updated_at"].text());
    task["category"] = spaced(task["category"].text());
  }
  const auto count = [&](const char* field, const char* one, const char* many) {
    View& figure = view["counts"].add();
    figure["count"] = view[field];
    figure["name"] = view[field].integer() == 1 ? one : many;
  };
  count("follower_count", "follower", "followers");
  count("following_count", "following", "following");
  count("backer_count", "backer", "backers");
  count("endorsement_count", "endorsement", "endorsements");
  count("post_count", "post", "posts");
  const View posts = api.get("/feed", "/feed?limit=10&author=" + handle);
  view["posts"] = posts["posts"];
  present_all(view["posts"], present_post);
  if (posts["next_cursor"].is_text()) view["all_posts"] = "/feed?author=" + handle;
  return view;
}

}  // namespace pages
