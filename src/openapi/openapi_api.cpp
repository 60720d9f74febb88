#include "http/reply.h"
#include "openapi/docs_markdown.h"
#include "openapi/docs_page.h"
#include "openapi/document.h"
#include "openapi/openapi.h"

namespace openapi {

using namespace http;

namespace {

constexpr std::string_view kCss = "text/css; charset=utf-8";

Reply show_style(Call&) { return {.content_type = kCss, .body = std::string(docs_style())}; }

}  // namespace

Routes routes(const Document& document) {
  const auto show_document = [&document](Call& call) { return ok(fill(document.text(), call.base_url())); };
  const auto show_docs = [&document](Call& call) {
    return Reply{.content_type = kHtml, .body = fill(document.page(), call.base_url())};
  };
  const auto show_markdown = [&document](Call& call) {
    return Reply{.content_type = kMarkdown, .body = fill(docs_markdown(document.json()), call.base_url())};
  };
  return {
      {GET,
       "/openapi.json",
       Access::anyone,
       Limit::general,
       Kind::plain,
       show_document,
       {"This API as an OpenAPI document", "", "OpenApiDocument"},
       Form::any},
      {GET, "/docs", Access::anyone, Limit::general, Kind::plain, show_docs, {"This API, to read", "", ""}, Form::html},
      {GET,
       "/docs",
       Access::anyone,
       Limit::general,
       Kind::plain,
       show_markdown,
       {"This API, to read", "", ""},
       Form::markdown},
      {GET,
       "/docs/style.css",
       Access::anyone,
       Limit::general,
       Kind::plain,
       show_style,
       {"The style of /docs", "", ""},
       Form::any},
  };
}

}  // namespace openapi
