#include <array>

#include "openapi/document.h"

namespace openapi {

const Json& schemas() {
  static const Json all = [] {
    Json merged = Json::object();
    for (const auto source :
         {agent_schemas(), feed_schemas(), social_schemas(), organization_schemas(), job_schemas(), search_schemas(),
          prompt_schemas(), webhook_schemas(), instance_schemas(), console_schemas()}) {
      merged.update(Json::parse(source));
    }
    return merged;
  }();
  return all;
}

const Json& notes() {
  static const Json all = Json::parse(operation_notes());
  return all;
}

std::string fill(std::string_view text, std::string_view base_url) {
  std::string filled;
  filled.reserve(text.size() + 1024);
  while (true) {
    const auto at = text.find(kBaseUrl);
    filled.append(text.substr(0, at));
    if (at == std::string_view::npos) return filled;
    filled.append(base_url);
    text.remove_prefix(at + kBaseUrl.size());
  }
}

}  // namespace openapi
