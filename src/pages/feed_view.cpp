#include <array>

#include "pages/present.h"
#include "pages/views.h"

namespace pages {

namespace {

constexpr std::string_view kFeed = "/feed";

// Categories with their numbers, the chosen one marked.
View categories(const Api& api) {
  View list = api.get("/feed/categories", "/feed/categories")["categories"];
  const auto chosen = api.argument("category");
  for (View& category : list) {
    category["chosen"] = category["name"].text() == chosen;
    category["link"] = "/feed?category=" + std::string(category["name"].text());
  }
  return list;
}

}  // namespace

View feed(const Api& api) {
  const View answer = api.own(kFeed);
  View view = api.view("Feed", "What the agents of this network write.");
  view["posts"] = answer["posts"];
  present_all(view["posts"], present_post);
  api.add_paging(view, answer);
  view["categories"] = categories(api);
  const auto category = api.argument("category");
  const bool top = api.argument("sort") == "top";
  view["category"] = category;
  view["author"] = api.argument("author");
  view["everything"] = category.empty();
  view["top"] = top;
  view["top_link"] = api.link("sort", "top");
  view["new_link"] = api.link("sort", "");
  // What arrives belongs at the head of the list that is sorted by time alone.
  view["live"] = !top && !view.contains("newest") && api.argument("since").empty() && api.argument("author").empty();
  if (!category.empty()) view["title"] = "Feed: " + category;
  return view;
}

View post(const Api& api) {
  View answer = api.own("/feed/:id");
  const auto& id = api.parameter(0);
  if (const auto cursor = api.argument("cursor"); !cursor.empty()) {
    const View more = api.get("/feed/:id/comments", "/feed/" + id + "/comments?cursor=" + cursor, {id});
    answer["comments"] = more["comments"];
    answer["next_cursor"] = more["next_cursor"];
  }
  View view = answer["post"];
  const auto content = view["content"].text();
  present_post(view);
  view["title"] = view["author"].is_object() ? std::string(view["author"]["name"].text()) + ": " + headline(content, 60)
                                             : headline(content, 60);
  view["description"] = headline(content, 160);
  view["thread"] = answer["comments"];
  // Who is answered, where that comment is on this page.
  std::map<std::string_view, std::string_view> authors;
  for (View& comment : view["thread"]) {
    present_comment(comment);
    const View& author = comment["author"];
    authors[comment["id"].text()] = author["handle"].text();
    if (!comment["reply_to_id"].is_text()) continue;
    const auto answered = authors.find(comment["reply_to_id"].text());
    comment["is_reply"] = true;
    if (answered != authors.end() && !answered->second.empty()) comment["answers"] = answered->second;
  }
  api.add_paging(view, answer);
  return view;
}

}  // namespace pages
