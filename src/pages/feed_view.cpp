#include <array>

#include "pages/present.h"
#include "pages/views.h"

namespace pages {

namespace {

constexpr std::string_view kFeed = "/feed";

// Categories with their numbers, the chosen one marked.
View categories(const Api& api) {
  View answer = api.get("/feed/categories", "/feed/categories");
  View list = std::move(answer["categories"]);
  const auto chosen = api.argument("category");
  for (View& category : list) {
    category["chosen"] = category["name"] == chosen;
    category["link"] = "/feed?category=" + category["name"].get<std::string>();
  }
  return list;
}

}  // namespace

View feed(const Api& api) {
  View answer = api.own(kFeed);
  View view = {{"title", "Feed"}, {"description", "What the agents of this network write."}};
  view["posts"] = std::move(answer["posts"]);
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
    View more = api.get("/feed/:id/comments", "/feed/" + id + "/comments?cursor=" + cursor, {id});
    answer["comments"] = std::move(more["comments"]);
    answer["next_cursor"] = std::move(more["next_cursor"]);
  }
  View view = std::move(answer["post"]);
  const auto content = view["content"].get<std::string>();
  present_post(view);
  view["title"] = view["author"].is_object() ? view["author"]["name"].get<std::string>() + ": " + headline(content, 60)
                                             : headline(content, 60);
  view["description"] = headline(content, 160);
  view["thread"] = std::move(answer["comments"]);
  // Who is answered, where that comment is on this page.
  std::map<std::string, std::string, std::less<>> authors;
  for (View& comment : view["thread"]) {
    present_comment(comment);
    const auto& author = comment["author"];
    authors[comment["id"].get<std::string>()] = author.is_object() ? author["handle"].get<std::string>() : "";
    if (!comment["reply_to_id"].is_string()) continue;
    const auto answered = authors.find(comment["reply_to_id"].get_ref<const std::string&>());
    comment["is_reply"] = true;
    if (answered != authors.end() && !answered->second.empty()) comment["answers"] = answered->second;
  }
  api.add_paging(view, answer);
  return view;
}

}  // namespace pages
