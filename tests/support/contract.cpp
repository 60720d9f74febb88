#include "support/contract.h"

#include <map>
#include <memory>
#include <mutex>

#include "core/text.h"
#include "core/version.h"
#include "http/route_table.h"
#include "openapi/document.h"
#include "support/json_schema.h"

namespace {

// The routes of one kind of application, and what their document says. Made once in a process.
class Contract {
 public:
  explicit Contract(const http::Routes& routes)
      : table_(routes), document_(Json::parse(openapi::describe(routes, core::kVersion).dump())) {}

  [[nodiscard]] std::string faults(std::string_view method, std::string_view target, const http::Reply& reply) const {
    const auto* operation = find(method, target.substr(0, target.find('?')));
    if (operation == nullptr) return {};
    const auto& responses = operation->at("responses");
    const auto status = responses.find(std::to_string(reply.status));
    if (status == responses.end()) return "its status is not in the document";
    const auto content = resolved(*status).find("content");
    if (content == resolved(*status).end()) return reply.body.empty() ? "" : "by the document it has no body";
    const std::string type(reply.content_type.substr(0, reply.content_type.find(';')));
    const auto body = content->find(type);
    if (body == content->end()) return "its type " + type + " is not in the document";
    if (reply.content_type != http::kJson && reply.content_type != http::kProblem) return {};
    std::string all;
    for (const auto& fault : schema_faults(document_, (*body)["schema"], Json::parse(reply.body))) all += fault + "\n";
    return all;
  }

 private:
  [[nodiscard]] const Json* find(std::string_view method, std::string_view path) const {
    const auto segments = http::split_path(path);
    if (!segments) return nullptr;
    const auto match = table_.resolve(http::method_from(method), *segments, http::Form::json);
    if (!match) return nullptr;
    const auto& methods = document_["paths"][openapi::path_of(match->line->pattern)];
    return &methods[core::to_lower_ascii(name_of(match->line->method))];
  }

  [[nodiscard]] const Json& resolved(const Json& part) const {
    const auto reference = part.find("$ref");
    if (reference == part.end()) return part;
    return document_.at(Json::json_pointer(reference->get<std::string>().substr(1)));
  }

  http::RouteTable table_;
  Json document_;
};

const Contract& contract_of(server::App& app) {
  static std::mutex mutex;
  static std::map<std::size_t, std::unique_ptr<const Contract>> made;  // by the number of routes
  const http::Routes& routes = app.router().routes();
  const std::lock_guard lock(mutex);
  auto& contract = made[routes.size()];
  if (!contract) contract = std::make_unique<const Contract>(routes);
  return *contract;
}

}  // namespace

std::string contract_faults(server::App& app, std::string_view method, std::string_view target,
                            const http::Reply& reply) {
  if (app.config().test_api && reply.status >= 400) return {};
  const auto faults = contract_of(app).faults(method, target, reply);
  if (faults.empty()) return {};
  return std::string(method).append(" ").append(target).append(" -> ").append(std::to_string(reply.status)) +
         ", not as the OpenAPI document says: " + faults + "\n" + reply.body.substr(0, 500);
}
