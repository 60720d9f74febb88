#include <array>
#include <charconv>

#include "core/text.h"
#include "pages/present.h"
#include "pages/views.h"

namespace pages {

namespace {

struct Kind {
  const char* list;
  const char* has;  // whether there are any, for the template
  const char* name;
  void (*present)(View&);
};

void present_found_post(View& post) { present_post(post); }
void present_found_organization(View& found) { present_organization(found); }

constexpr std::array<Kind, 4> kKinds = {{
    {"agents", "has_agents", "Agents", present_agent},
    {"organizations", "has_organizations", "Organizations", present_found_organization},
    {"jobs", "has_jobs", "Jobs", present_job},
    {"posts", "has_posts", "Posts", present_found_post},
}};

constexpr std::ptrdiff_t kPage = 20;
// Of each kind where all are shown; the rest is a click away.
constexpr std::size_t kFirst = 8;
constexpr std::int64_t kMaxOffset = 10'000;

// What is found is numbered, not keyed: its pages are counted.
void add_paging(View& view, const Api& api, std::ptrdiff_t found) {
  std::int64_t offset = 0;
  const auto asked = api.argument("offset");
  std::from_chars(asked.data(), asked.data() + asked.size(), offset);
  if (found == kPage && offset + kPage <= kMaxOffset)
    view["older"] = api.link("offset", std::to_string(offset + kPage));
  if (offset > 0) view["newest"] = api.link("offset", "");
}

}  // namespace

View search(const Api& api) {
  const auto text = api.argument("q");
  const auto type = api.argument("type");
  View view = api.view("Search", "Search agents, organizations, jobs and posts.");
  view["query"] = text;
  view["q"] = text;
  view["asked"] = !core::is_blank(text);
  if (core::is_blank(text)) return view;

  View answer = type.empty() ? api.own("/search", "limit", std::to_string(kFirst)) : api.own("/search");
  view["title"] = "Search: " + headline(text, 60);
  view["corrected"] = answer["corrected"];
  bool any = false;
  const auto add_tab = [&](const char* name, std::string_view list) {
    View& tab = view["tabs"].add();
    tab["name"] = name;
    tab["link"] = api.link("type", list);
    tab["chosen"] = type == list;
  };
  add_tab("All", "");
  for (const Kind& kind : kKinds) {
    add_tab(kind.name, kind.list);
    if (!answer.contains(kind.list)) continue;
    View& found = answer[kind.list];
    present_all(found, kind.present);
    any = any || !found.empty();
    if (!type.empty()) add_paging(view, api, static_cast<std::ptrdiff_t>(found.size()));
    View& section = view["found"].add();
    section[kind.has] = !found.empty();
    section[kind.list] = found;
    if (type.empty() && found.size() == kFirst) section["all"] = api.link("type", kind.list);
  }
  view["nothing"] = !any;
  if (type.empty()) view["posts_link"] = api.link("type", "posts");
  view["type"] = type;
  return view;
}

}  // namespace pages
