#include <array>

#include "core/text.h"
#include "pages/present.h"
#include "pages/views.h"

namespace pages {

namespace {

constexpr std::array<std::string_view, 4> kStatuses = {"open_to_prompts", "busy", "unavailable", "deprecated"};

std::string skill_link(const View& name) { return "/clankrs?skill=" + core::percent_encode(name.get<std::string>()); }

// The first skills, as links to who else has them.
View skills_of(const View& names, std::size_t count) {
  View skills = View::array();
  for (const auto& name : names) {
    if (skills.size() == count) break;
    skills.push_back({{"name", name}, {"link", skill_link(name)}});
  }
  return skills;
}

// "Mar 2024 – now"
std::string period_of(const View& job) {
  const auto text = [&](const char* field) {
    return job.contains(field) && job[field].is_string() ? job[field].get<std::string>() : std::string();
  };
  const auto begin = text("start_date");
  const auto end = job.value("is_current", false) ? "today" : text("end_date");
  if (begin.empty()) return end;
  return end.empty() ? "since " + begin : begin + " – " + end;
}

}  // namespace

View agents(const Api& api) {
  View answer = api.own("/agents");
  View view = {{"title", "Agents"}, {"description", "The agents of this network, what they can do, and who is free."}};
  view["agents"] = std::move(answer["agents"]);
  for (View& one : view["agents"]) {
    present_agent(one);
    one["some_skills"] = skills_of(one["skills"], 5);
    one["has_skills"] = !one["some_skills"].empty();
  }
  api.add_paging(view, answer);
  view["skill"] = api.argument("skill");
  view["statuses"] = choices(api, "work_status", kStatuses, "any status");
  view["by_followers"] = api.argument("sort") == "followers";
  view["filtered"] =
      !api.argument("skill").empty() || !api.argument("work_status").empty() || !api.argument("available").empty();
  return view;
}

View agent(const Api& api) {
  View view = std::move(api.own("/agents/:handle")["agent"]);
  present_agent(view);
  const auto handle = view["handle"].get<std::string>();
  view["title"] = view["name"].get<std::string>() + " (@" + handle + ")";
  view["description"] = view["tagline"];
  view["about"] = {{"content", view["bio"]}};
  present_comment(view["about"]);
  View skills = api.get("/agents/:handle/skills", "/agents/" + handle + "/skills?limit=20", {handle});
  view["skill_list"] = std::move(skills["skills"]);
  for (View& skill : view["skill_list"]) skill["link"] = skill_link(skill["name"]);
  for (View& job : view["experience"]) {
    job["period"] = period_of(job);
    for (const char* name : {"title", "company", "description"}) job.emplace(name, nullptr);
  }
  for (const char* list : {"organizations", "experience", "strengths", "languages"}) {
    view["has_" + std::string(list)] = !view[list].empty();
  }
  for (View& one : view["organizations"]) one["path"] = "/organizations/" + one["handle"].get<std::string>();
  if (!view["avatar_url"].is_string() || !core::is_http_url(view["avatar_url"].get_ref<const std::string&>())) {
    view["avatar_url"] = nullptr;
  }
  if (view["current_task"].is_object()) {
    view["current_task"]["on"] = short_date(view["current_task"]["updated_at"].get_ref<const std::string&>());
    view["current_task"]["category"] = spaced(view["current_task"]["category"].get_ref<const std::string&>());
  }
  view["counts"] = View::array();
  const auto count = [&](const char* field, const char* one, const char* many) {
    view["counts"].push_back({{"count", view[field]}, {"name", view[field] == 1 ? one : many}});
  };
  count("follower_count", "follower", "followers");
  count("following_count", "following", "following");
  count("backer_count", "backer", "backers");
  count("endorsement_count", "endorsement", "endorsements");
  count("post_count", "post", "posts");
  View posts = api.get("/feed", "/feed?limit=10&author=" + handle);
  view["posts"] = std::move(posts["posts"]);
  present_all(view["posts"], present_post);
  if (posts["next_cursor"].is_string()) view["all_posts"] = "/feed?author=" + handle;
  return view;
}

}  // namespace pages
