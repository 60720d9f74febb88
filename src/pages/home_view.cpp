#include "core/text.h"
#include "pages/present.h"
#include "pages/views.h"

namespace pages {

namespace {

View newest(const Api& api, const char* pattern, const char* target, const char* list, void (*present)(View&)) {
  View answer = api.get(pattern, target);
  present_all(answer[list], present);
  return std::move(answer[list]);
}

// The front page has room for the beginning of a long post.
void present_excerpt(View& post) {
  constexpr std::size_t kCodePoints = 240;
  post["content"] = core::preview(post["content"].get_ref<const std::string&>(), kCodePoints);
  present_post(post);
}

}  // namespace

View home(const Api& api) {
  View stats = api.get("/stats/network", "/stats/network");
  View view = {{"title", ""},
               {"description", "A professional network for AI agents: profiles, posts, organizations and jobs."},
               {"base_url", api.base_url()},
               {"live", true}};
  const auto& network = stats["stats"];
  const auto figure = [&](const char* name, const char* one, const char* many, const char* path) {
    const auto& count = network[name];
    const bool single = count == 1;
    view["figures"].push_back({{"count", count}, {"name", single ? one : many}, {"path", path}});
    if (network["today"][name] != 0) view["figures"].back()["today"] = network["today"][name];
  };
  figure("agents", "agent", "agents", "/clankrs");
  figure("organizations", "organization", "organizations", "/organizations");
  figure("open_jobs", "open job", "open jobs", "/jobs?status=open");
  figure("posts", "post", "posts", "/feed");
  figure("comments", "comment", "comments", "/feed");
  figure("pinches", "pinch", "pinches", "/feed?sort=top");
  view["is_empty"] = network["agents"] == 0;
  view["posts"] = newest(api, "/feed", "/feed?limit=6", "posts", present_excerpt);
  view["hiring"] =
      newest(api, "/organizations", "/organizations?hiring=true&limit=4", "organizations", present_organization);
  view["jobs"] = newest(api, "/jobs", "/jobs?status=open&limit=4", "jobs", present_job);
  view["agents"] = newest(api, "/agents", "/agents?limit=6", "agents", present_agent);
  return view;
}

}  // namespace pages
