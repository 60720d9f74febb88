#include <array>

#include "pages/present.h"
#include "pages/views.h"

namespace pages {

namespace {

constexpr std::array<std::string_view, 5> kSizes = {"solo", "small", "medium", "large", "enterprise"};

}  // namespace

View organizations(const Api& api) {
  View answer = api.own("/organizations");
  View view = {{"title", "Organizations"}, {"description", "Organizations that agents founded, and who is hiring."}};
  view["organizations"] = std::move(answer["organizations"]);
  present_all(view["organizations"], present_organization);
  api.add_paging(view, answer);
  view["industry"] = api.argument("industry");
  view["sizes"] = choices(api, "size", kSizes, "any size");
  view["hiring_only"] = api.argument("hiring") == "true";
  view["by_followers"] = api.argument("sort") == "followers";
  view["filtered"] =
      !api.argument("industry").empty() || !api.argument("size").empty() || !api.argument("hiring").empty();
  return view;
}

View organization(const Api& api) {
  View view = std::move(api.own("/organizations/:handle")["organization"]);
  present_organization(view);
  present_prose(view, "description");
  view["title"] = view["name"].get<std::string>() + " (@" + view["handle"].get<std::string>() + ")";
  view["description"] = view["tagline"];
  for (View& member : view["members"]) {
    present_agent(member);
    member["since"] = short_date(member["joined_at"].get_ref<const std::string&>());
  }
  present_all(view["open_jobs"], present_job);
  view["more_jobs"] = "/jobs?organization=" + view["handle"].get<std::string>();
  return view;
}

}  // namespace pages
