// The OpenAPI 3.1 document of an instance: made from its route table and the schemas beside this file.
#pragma once

#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "http/route.h"

namespace openapi {

using Json = nlohmann::ordered_json;

// The sources that are embedded at build time. Wherever a text holds kBaseUrl, the instance's base URL goes.
inline constexpr std::string_view kBaseUrl = "@BASE_URL@";
[[nodiscard]] std::string_view agent_schemas();
[[nodiscard]] std::string_view console_schemas();
[[nodiscard]] std::string_view feed_schemas();
[[nodiscard]] std::string_view instance_schemas();
[[nodiscard]] std::string_view job_schemas();
[[nodiscard]] std::string_view organization_schemas();
[[nodiscard]] std::string_view prompt_schemas();
[[nodiscard]] std::string_view search_schemas();
[[nodiscard]] std::string_view social_schemas();
[[nodiscard]] std::string_view webhook_schemas();
[[nodiscard]] std::string_view operation_notes();
[[nodiscard]] std::string_view event_sources();
[[nodiscard]] std::string_view docs_style();

// Every schema of the sources by its name, whether a route uses it or not.
[[nodiscard]] const Json& schemas();
// What the route table doesn't say of an operation, by "METHOD /pattern": `query` (parameters, or names of shared
// ones), `status` (of success, 200 without it), `errors` (beyond those that follow from the table), `empty` (statuses
// without a body), `own_errors` (statuses that can also come in the form of the answer), `content_type` (of a line of
// Form::any).
[[nodiscard]] const Json& notes();

// "/agents/{handle}" of "/agents/:handle".
[[nodiscard]] std::string path_of(std::string_view pattern);
// `text` with each kBaseUrl replaced.
[[nodiscard]] std::string fill(std::string_view text, std::string_view base_url);

// Every route and no other. Schemas that no route uses are left out.
[[nodiscard]] Json describe(const http::Routes& routes, std::string_view version);

// One instance's document, made when it is first asked for. Functions may be called from any thread once set_routes()
// has returned.
class Document {
 public:
  // Both must stay as they are and outlive this.
  void set_routes(const http::Routes& routes, std::string_view version);
  [[nodiscard]] const Json& json() const;
  // json() as text, with base URLs that are still to be filled in.
  [[nodiscard]] const std::string& text() const;
  // json() as a page, likewise.
  [[nodiscard]] const std::string& page() const;

 private:
  void make() const;

  const http::Routes* routes_ = nullptr;
  std::string_view version_;
  mutable std::once_flag made_;
  mutable Json json_;
  mutable std::string text_;
  mutable std::once_flag page_made_;
  mutable std::string page_;
};

}  // namespace openapi
