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
  View navigation = View::array();
  for (const Entry& entry : kEntries) {
    navigation.push_back({{"path", entry.path}, {"name", entry.name}, {"current", entry.section == frame.section}});
  }
  return kLayout.render({{"title", frame.title.empty() ? "ClankdIn" : frame.title + " · ClankdIn"},
                         {"description", frame.description},
                         {"markdown", frame.markdown},
                         {"query", frame.query},
                         {"navigation", std::move(navigation)},
                         {"style", style_href()},
                         {"script", script_href()},
                         {"own_style", frame.style},
                         {"own_script", frame.script},
                         {"body_class", frame.body_class},
                         {"body", frame.body}});
}

http::Reply page(const Frame& frame) { return {.content_type = http::kHtml, .body = document(frame)}; }

}  // namespace html
