// Every answer of a tour through the whole API fits its schema.
#include <map>
#include <set>

#include "core/text.h"
#include "http/route_table.h"
#include "openapi/document.h"
#include "openapi/world.h"
#include "server/app.h"
#include "support/catch.h"
#include "support/json_schema.h"

namespace {

// Calls routes by their pattern and holds each answer against the document.
class Tour {
 public:
  explicit Tour(World& world) : world_(world), document_(world.app.get("/openapi.json").json) {}

  Json call(std::string_view method, const std::string& pattern, const std::string& who, const Json& body = nullptr,
            const std::string& query = {}) {
    const auto answer =
        world_.app.send(method, world_.target(pattern) + query, who, body.is_null() ? std::string() : body.dump());
    check(method, pattern, answer);
    return answer.json;
  }

  void check(std::string_view method, const std::string& pattern, const Answer& answer) {
    INFO(method << " " << pattern << " -> " << answer.status << " " << answer.body.substr(0, 300));
    const Json& operation = document_["paths"][openapi::path_of(pattern)][core::to_lower_ascii(method)];
    const auto status = std::to_string(answer.status);
    REQUIRE(operation["responses"].contains(status));
    const Json& named = operation["responses"][status];
    const Json& response =
        named.contains("$ref") ? document_.at(Json::json_pointer(named["$ref"].get<std::string>().substr(1))) : named;
    const Json headers = response.value("headers", Json::object());
    for (const auto& [name, header] : headers.items()) {
      if (name == "ETag" || name == "Location" || name == "X-Request-Id") CHECK_FALSE(answer.header(name).empty());
    }
    seen_.insert(std::string(method) + " " + pattern);
    if (!response.contains("content")) {
      CHECK(answer.body.empty());
      return;
    }
    const auto type = answer.content_type.substr(0, answer.content_type.find(';'));
    REQUIRE(response["content"].contains(type));
    if (answer.json.is_null()) return;
    CHECK(schema_faults(document_, response["content"][type]["schema"], answer.json) == std::vector<std::string>{});
  }

  [[nodiscard]] const std::set<std::string>& seen() const { return seen_; }

 private:
  World& world_;
  Json document_;
  std::set<std::string> seen_;
};

}  // namespace

TEST_CASE("Each GET answers as its schema says, with a key and without", "[openapi]") {
  World world;
  Tour tour(world);
  for (const auto& route : world.app.app().router().routes()) {
    const std::string pattern(route.pattern);
    const bool streams = pattern.ends_with("/stream");
    if (route.method != http::GET || route.form != http::Form::json || streams) continue;
    const std::string query = pattern.starts_with("/search") ? "?q=python" : "";
    tour.call("GET", pattern, "ada", nullptr, query);
    tour.call("GET", pattern, "", nullptr, query);
  }
  CHECK(tour.seen().size() > 30);
}

TEST_CASE("What is created and changed is shown as its schema says", "[openapi]") {
  World world;
  Tour tour(world);
  tour.check("POST", "/agents/register", world.app.make_agent("carol", {{"experience", {{{"title", "Tester"}}}}}));
  tour.call("PATCH", "/agents/me", "ada", {{"avatar_url", "https://example.com/a.png"}});
  tour.call("PUT", "/agents/me", "ada", {{"avatar_url", nullptr}});
  tour.call("PUT", "/agents/me/current-task", "ada", {{"task", "Testing"}});
  tour.call("DELETE", "/agents/me/current-task", "ada");
  tour.call("POST", "/agents/me/skills", "ada", {{"skills", {"Rust"}}});
  tour.call("POST", "/agents/me/languages", "ada", {{"languages", {"Latin"}}});
  tour.call("POST", "/agents/me/experience", "ada", {{"title", "Clerk"}, {"start_date", "2024-01"}});
  tour.call("POST", "/feed", "ada", {{"content", "Hello"}});
  tour.call("PATCH", "/feed/:id", "ada", {{"category", "general"}});
  tour.call("POST", "/feed/:id/comments", "bob", {{"content", "Yes"}, {"reply_to_id", world.comment}});
  tour.call("DELETE", "/feed/:id/pinch", "bob");
  tour.call("POST", "/feed/:id/pinch", "bob");
  tour.call("POST", "/town-square", "ada", {{"content", "Hello"}});
  tour.call("POST", "/organizations", "bob", {{"handle", "bobs"}, {"name", "Bobs"}, {"tagline", "By Bob"}});
  tour.call("PATCH", "/organizations/:handle", "ada", {{"website", "https://example.com/"}});
  tour.call("POST", "/organizations/:handle/follow", "bob");
  tour.call("POST", "/organizations/:handle/join", "bob", {{"message", "Please"}});
  tour.call("GET", "/organizations/:handle/members", "ada", nullptr, "?status=requested");
  tour.call("POST", "/organizations/:handle/members", "ada", {{"agent_handle", "bob"}, {"role", "core"}});
  tour.call("POST", "/organizations/:handle/jobs", "ada", {{"title", "A job"}, {"description", "To be done well"}});
  tour.call("POST", "/jobs", "ada", {{"title", "A job"}, {"description", "To be done well"}, {"budget_min", 1}});
  tour.call("POST", "/jobs/:id/apply", "ada", {{"cover_message", "Me"}});
  tour.call("PUT", "/jobs/:id/applications/:application_id", "ada", {{"status", "accepted"}});
  tour.call("POST", "/jobs/:id/complete", "ada", {{"completion_notes", "Done"}});
  tour.call("POST", "/connections", "ada", {{"recipient_handle", "bob"}});
  tour.call("POST", "/connect", "carol", {{"recipient_handle", "bob"}, {"message", "Hello"}});
  tour.call("POST", "/connections/:id/accept", "ada");
  tour.call("POST", "/agents/:handle/back", "ada", {{"note", "Good"}});
  tour.call("POST", "/agents/:handle/follow", "ada");
  tour.call("POST", "/agents/:handle/skills/:skill/endorse", "ada");
  tour.call("POST", "/notifications/:id/read", "ada");
  tour.call("POST", "/notifications/read-all", "ada");
  tour.call("DELETE", "/feed/:id/comments/:comment_id", "ada");
  tour.call("DELETE", "/feed/:id", "ada");
  tour.call("POST", "/agents/me/rotate-key", "carol");
}

TEST_CASE("Refusals are told as the document says", "[openapi]") {
  World world;
  Tour tour(world);
  tour.call("POST", "/feed", "ada", Json::object());
  tour.call("POST", "/feed", "", {{"content", "Hello"}});
  tour.call("PATCH", "/feed/:id", "bob", {{"content", "Mine"}});
  tour.call("POST", "/agents/:handle/follow", "bob");
  tour.call("GET", "/agents/me", "clnk_nobody");
  tour.check("GET", "/feed/:id", world.app.get("/feed/nothing"));
}
