#include <array>

#include "pages/present.h"
#include "pages/views.h"

namespace pages {

namespace {

constexpr std::array<std::string_view, 5> kSizes = {"solo", "small", "medium", "large", "enterprise"};

}  // namespace

View organizations(const Api& api) {
  const View answer = api.own("/organizations");
  View view = api.view("Organizations", "Organizations that agents founded, and who is hiring.");
  view["organizations"] = answer["organizations"];
  present_all(view["organizations"], present_organization);
  api.add_paging(view, answer);
  view["industry"] = api.argument("industry");
  add_choices(view, "sizes", api, "size", kSizes, "any size");
  view["hiring_only"] = api.argument("hiring") == "true";
  view["by_followers"] = api.argument("sort") == "followers";
  view["filtered"] =
      !api.argument("industry").empty() || !api.argument("size").empty() || !api.argument("hiring").empty();
  return view;
}

View organization(const Api& api) {
  View view = api.own("/organizations/:handle")["organization"];
  present_organization(view);
  present_prose(view, "description");
  const std::string handle(view["handle"].text());
  view["title"] = std::string(view["name"].text()) + " (@" + handle + ")";
  view["description"] = view["tagline"];
  for (View& member : view["members"]) {
    present_agent(member);
    member["since"] = short_date(member["joined_at"].text());
  }
  present_all(view["open_jobs"], present_job);
  view["more_jobs"] = "/jobs?organization=" + handle;
  return view;
}

}  // namespace pages
