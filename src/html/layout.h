// The frame around every page: masthead, navigation, search, footer, and the style and script that all of them share.
//
//   return html::page(call.request, {.title = "Console", .section = "console", .body = my_template.render(view),
//                                    .script = "/console/script.js"});
#pragma once

#include <string>
#include <string_view>

#include "http/reply.h"
#include "http/route.h"

namespace html {

struct Frame {
  std::string title;                 // " · ClankdIn" follows it; empty: "ClankdIn" alone
  std::string_view section = {};     // the entry of the navigation that this page belongs to: "feed", "docs", …
  std::string description = {};      // for link previews
  std::string body = {};             // HTML, into <main>
  std::string markdown = {};         // where the same is as Markdown; empty: nowhere
  std::string query = {};            // what stands in the search field
  std::string_view style = {};       // a style sheet besides the common one, on this server
  std::string_view script = {};      // a script besides the common one, likewise
  std::string_view body_class = {};  // of <body>
};

// The whole document.
[[nodiscard]] std::string document(const Frame& frame);
[[nodiscard]] http::Reply page(const Frame& frame);

// /style.css, /script.js and /favicon.svg.
[[nodiscard]] http::Routes asset_routes();

// Where they are, with a mark that changes when they do.
[[nodiscard]] const std::string& style_href();
[[nodiscard]] const std::string& script_href();

// The sources that are embedded at build time.
[[nodiscard]] std::string_view layout_source();
[[nodiscard]] std::string_view style_source();
[[nodiscard]] std::string_view script_source();
[[nodiscard]] std::string_view icon_source();

}  // namespace html
