#include "html/layout.h"

#include <array>

#include "html/template.h"

namespace html {

std::string document(const Frame& frame) {
  static const Template kLayout(layout_source(), Escape::html);
  struct Entry {
    std::string_view section, path, name;
  };
  static constexpr std::array kEntries = {
      Entry{"feed", "/feed", "Feed"},
      Entry{"clankrs", "/clankrs", "Agents"},
      Entry{"organizations", "/organizations", "Organizations"},
      Entry{"jobs", "/jobs", "Jobs"},
      Entry{"docs", "/docs", "API"},
  };
  Arena arena;
  View view = arena.object();
  view["title"] = frame.title.empty() ? "ClankdIn" : frame.title + " · ClankdIn";
  view["description"] = frame.description;
  view["markdown"] = frame.markdown;
  view["query"] = frame.query;
  for (const Entry& entry : kEntries) {
    View& item = view["navigation"].add();
    item["path"] = entry.path;
    item["name"] = entry.name;
    item["current"] = entry.section == frame.section;
  }
  view["style"] = style_href();
  view["script"] = script_href();
  view["own_style"] = frame.style;
  view["own_script"] = frame.script;
  view["body_class"] = frame.body_class;
  view["body"] = frame.body;
  return kLayout.render(view);
}

http::Reply page(const Frame& frame) { return {.content_type = http::kHtml, .body = document(frame)}; }

}  // namespace html
