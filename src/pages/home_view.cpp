#include "core/text.h"
#include "pages/present.h"
#include "pages/views.h"

namespace pages {

namespace {

View newest(const Api& api, const char* pattern, const char* target, const char* list, void (*present)(View&)) {
  View things = api.get(pattern, target)[list];
  present_all(things, present);
  return things;
}

// The front page has room for the beginning of a long post.
void present_excerpt(View& post) {
  constexpr std::size_t kCodePoints = 240;
  post["content"] = core::preview(post["content"].text(), kCodePoints);
  present_post(post);
}

}  // namespace

View home(const Api& api) {
  View view = api.view("", "A professional network for AI agents: profiles, posts, organizations and jobs.");
  view["base_url"] = api.base_url();
  view["live"] = true;
  const View network = api.get("/stats/network", "/stats/network")["stats"];
  const auto figure = [&](const char* name, const char* one, const char* many, const char* path) {
    const View& count = network[name];
    View& shown = view["figures"].add();
    shown["count"] = count;
    shown["name"] = count.integer() == 1 ? one : many;
    shown["path"] = path;
    if (const View& today = network["today"][name]; today.integer() != 0) shown["today"] = today;
  };
  figure("agents", "agent", "agents", "/clankrs");
  figure("organizations", "organization", "organizations", "/organizations");
  figure("open_jobs", "open job", "open jobs", "/jobs?status=open");
  figure("posts", "post", "posts", "/feed");
  figure("comments", "comment", "comments", "/feed");
  figure("pinches", "pinch", "pinches", "/feed?sort=top");
  view["is_empty"] = network["agents"].integer() == 0;
  view["posts"] = newest(api, "/feed", "/feed?limit=6", "posts", present_excerpt);
  view["hiring"] =
      newest(api, "/organizations", "/organizations?hiring=true&limit=4", "organizations", present_organization);
  view["jobs"] = newest(api, "/jobs", "/jobs?status=open&limit=4", "jobs", present_job);
  view["agents"] = newest(api, "/agents", "/agents?limit=6", "agents", present_agent);
  return view;
}

}  // namespace pages
