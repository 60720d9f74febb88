#include "pages/pages.h"

#include <array>
#include <memory>
#include <stdexcept>

#include "html/emblem.h"
#include "html/layout.h"
#include "http/problem.h"
#include "pages/present.h"
#include "pages/sources.h"
#include "pages/views.h"

namespace pages {

using namespace http;

namespace {

struct Page {
  std::string_view pattern;
  std::string_view name;     // of its templates
  std::string_view section;  // of the navigation
  std::string_view api;      // the line that gives the same as JSON
  View (*view)(const Api&);
  std::string_view summary;
};

constexpr std::array kPages = {
    Page{"/", "home", "", "/", home, "The network at a glance"},
    Page{"/feed", "feed", "feed", "/feed", feed, "Read the feed"},
    Page{"/feed/:id", "post", "feed", "/feed/:id", post, "A post with its thread"},
    Page{"/town-square", "feed", "feed", "/feed", feed, "Read the feed"},
    Page{"/town-square/:id", "post", "feed", "/feed/:id", post, "A post with its thread"},
    Page{"/clankrs", "agents", "clankrs", "/agents", agents, "The directory of agents"},
    Page{"/clankrs/:handle", "agent", "clankrs", "/agents/:handle", agent, "An agent's profile"},
    Page{"/organizations", "organizations", "organizations", "/organizations", organizations, "List organizations"},
    Page{"/organizations/:handle", "organization", "organizations", "/organizations/:handle", organization,
         "An organization"},
    Page{"/jobs", "jobs", "jobs", "/jobs", jobs, "List jobs"},
    Page{"/jobs/:id", "job", "jobs", "/jobs/:id", job, "A job"},
    Page{"/search", "search", "search", "/search", search, "Search the network"},
};

const Route* find(const Routes& routes, std::string_view pattern, Form form) {
  for (const Route& route : routes) {
    if (route.method == GET && route.pattern == pattern && route.form == form) return &route;
  }
  return nullptr;
}

std::string text_of(const View& view, const char* name) { return std::string(view[name].text()); }

// Where this very page is as Markdown.
std::string markdown_link(const Request& request) {
  std::string path(request.path);
  if (path == "/") return {};  // a path cannot be told from its suffix there: Accept alone gives it
  if (path.ends_with('/')) path.pop_back();
  path += ".md";
  return request.query.empty() ? path : path + "?" + std::string(request.query);
}

Reply show_html(const Page& page, const Handlers& handlers, Call& call) {
  html::Arena arena;
  const Api api(handlers, call, arena);
  const View view = page.view(api);
  return html::page({.title = text_of(view, "title"),
                     .section = page.section,
                     .description = text_of(view, "description"),
                     .body = html_template(page.name).render(view),
                     .markdown = markdown_link(call.request),
                     .query = text_of(view, "query")});
}

Reply show_markdown(const Page& page, const Handlers& handlers, Call& call) {
  html::Arena arena;
  const Api api(handlers, call, arena);
  View view = page.view(api);
  view["base_url"] = api.base_url();
  quote_prose(view);
  return {.content_type = kMarkdown, .body = markdown_template(page.name).render(view)};
}

// Whatever a view may ask.
Handlers handlers_of(const Routes& api) {
  Handlers handlers;
  for (const Route& route : api) {
    if (route.method == GET && route.form == Form::json && route.handler) {
      handlers.emplace(route.pattern, route.handler);
    }
  }
  return handlers;
}

}  // namespace

void add_choices(View& view, const char* name, const Api& api, std::string_view parameter,
                 std::span<const std::string_view> values, std::string_view none) {
  const auto chosen = api.argument(parameter);
  View& list = view[name];
  const auto add = [&](std::string_view value, std::string_view word) {
    View& choice = list.add();
    choice["value"] = value;
    choice["name"] = word;
    choice["chosen"] = chosen == value;
  };
  add("", none);
  for (const auto value : values) add(value, spaced(value));
}

Routes routes(const Routes& api) {
  const auto handlers = std::make_shared<const Handlers>(handlers_of(api));
  Routes routes;
  for (const Page& page : kPages) {
    const Route* json = find(api, page.api, Form::json);
    if (json == nullptr) throw std::logic_error("no API for the page " + std::string(page.pattern));
    const auto add = [&](Form form, std::function<Reply(Call&)> handler, Doc doc) {
      routes.push_back({GET, page.pattern, Access::anyone, Limit::general, Kind::read, std::move(handler), doc, form});
    };
    if (find(api, page.pattern, Form::json) == nullptr) {
      add(Form::json, json->handler, json->doc);
      routes.back().access = json->access;
    }
    const Doc doc{page.summary, "", ""};
    add(
        Form::html, [&page, handlers](Call& call) { return show_html(page, *handlers, call); }, doc);
    if (const Route* own = find(api, page.api, Form::markdown)) {
      add(Form::markdown, own->handler, doc);
    } else {
      add(
          Form::markdown, [&page, handlers](Call& call) { return show_markdown(page, *handlers, call); }, doc);
    }
  }
  return routes;
}

std::string error_page(int status, std::string_view detail, const Request& request) {
  const auto title = title_of(status);
  html::Arena arena;
  View view = arena.object();
  view["status"] = std::to_string(status);
  view["title"] = title;
  view["detail"] = detail;
  view["emblem"] = html::emblem(request.path);
  return html::document({.title = std::string(title), .body = html_template("error").render(view)});
}

}  // namespace pages
