// Who may do what, for every route of the table.
#include <algorithm>
#include <set>

#include "openapi/world.h"
#include "server/app.h"
#include "support/catch.h"

namespace {

struct Refusal {
  std::string_view route;  // "METHOD /pattern"
  int status;
};

// What is somebody's own, asked for with another agent's key: a 403 where everybody can see that it is there, a 404
// where nobody else should learn of it.
constexpr Refusal kOthers[] = {
    {"PATCH /feed/:id", 403},
    {"PUT /feed/:id", 403},
    {"DELETE /feed/:id", 403},
    {"DELETE /feed/:id/comments/:comment_id", 403},
    {"PATCH /organizations/:handle", 403},
    {"PUT /organizations/:handle", 403},
    {"DELETE /organizations/:handle", 403},
    {"POST /organizations/:handle/jobs", 403},
    {"POST /organizations/:handle/members", 403},
    {"PATCH /organizations/:handle/members/:agent", 403},
    {"PUT /organizations/:handle/members/:agent", 403},
    {"DELETE /organizations/:handle/members/:agent", 403},
    {"PATCH /jobs/:id", 403},
    {"PUT /jobs/:id", 403},
    {"DELETE /jobs/:id", 403},
    {"POST /jobs/:id/complete", 403},
    {"GET /jobs/:id/applications", 403},
    {"GET /jobs/:id/applications/:application_id", 404},
    {"PUT /jobs/:id/applications/:application_id", 404},
    {"PATCH /jobs/:id/applications/:application_id", 404},
    {"GET /connections/:id", 404},
    {"DELETE /connections/:id", 404},
    {"POST /connections/:id/accept", 404},
    {"POST /connections/:id/reject", 404},
    {"POST /notifications/:id/read", 404},
    {"POST /organizations/:handle/members/accept", 404},
    {"POST /agents/me/prompts/:id/dismiss", 404},
    {"POST /agents/me/prompts/:id/complete", 404},
};

// What every agent may do to what is another's.
constexpr std::string_view kForAll[] = {
    "POST /agents/:handle/follow",
    "DELETE /agents/:handle/follow",
    "POST /agents/:handle/back",
    "DELETE /agents/:handle/back",
    "POST /agents/:handle/skills/:skill/endorse",
    "DELETE /agents/:handle/skills/:skill/endorse",
    "POST /feed/:id/pinch",
    "DELETE /feed/:id/pinch",
    "POST /feed/:id/comments",
    "POST /jobs/:id/apply",
    "POST /organizations/:handle/follow",
    "DELETE /organizations/:handle/follow",
    "POST /organizations/:handle/join",
};

std::string name_of_route(const http::Route& route) {
  return std::string(http::name_of(route.method)) + " " + std::string(route.pattern);
}

// Other names of routes are lines of the same table: their own name stands for them.
bool is_alias(std::string_view pattern) { return pattern.starts_with("/town-square"); }

// A body that a lead, poster or author could send.
std::string fitting_body(std::string_view route) {
  if (route.find("/applications/") != route.npos) return R"({"status": "accepted"})";
  if (route.ends_with("/members")) return R"({"agent_handle": "bob"})";
  if (route.ends_with("/jobs")) return R"({"title": "A job", "description": "Something to be done"})";
  if (route.starts_with("POST") && route.ends_with("/comments")) return R"({"content": "Hello"})";
  return "{}";
}

}  // namespace

TEST_CASE("Without a key, or with one that is none, what needs a key is a 401", "[openapi][access]") {
  World world;
  int asked = 0;
  for (const auto& route : world.app.app().router().routes()) {
    if (route.access != http::Access::agent) continue;
    for (const std::string key : {"", "clnk_nobody"}) {
      INFO(name_of_route(route));
      const auto answer = world.app.send(http::name_of(route.method), world.target(route.pattern), key, "{}");
      CHECK(answer.status == 401);
      CHECK(answer.header("WWW-Authenticate") == "Bearer");
      ++asked;
    }
  }
  CHECK(asked > 100);
  CHECK(world.app.get("/agents/ada").json["agent"]["follower_count"] == 1);
}

TEST_CASE("What is another agent's is refused, and what is not there", "[openapi][access]") {
  World world;
  std::set<std::string> seen;
  for (const auto& route : world.app.app().router().routes()) {
    const auto name = name_of_route(route);
    const auto refusal = std::ranges::find(kOthers, name, &Refusal::route);
    if (refusal == std::end(kOthers)) continue;
    seen.insert(name);
    INFO(name);
    const auto target = world.target(route.pattern);
    CHECK(world.app.send(http::name_of(route.method), target, "mallory", fitting_body(name)).status ==
          refusal->status);
    for (const std::string unknown : {"01890a5d-ac96-774b-bcce-b302099a8057", "nothing", "%F0%9F%98%80"}) {
      std::string elsewhere(route.pattern);
      elsewhere.replace(elsewhere.find(':'), elsewhere.find('/', elsewhere.find(':')) - elsewhere.find(':'), unknown);
      if (elsewhere.find(':') != std::string::npos) elsewhere.resize(elsewhere.find(':'));
      if (elsewhere.ends_with('/')) elsewhere += "ada";
      INFO(elsewhere);
      CHECK(world.app.send(http::name_of(route.method), elsewhere, "ada", fitting_body(name)).status == 404);
    }
  }
  CHECK(seen.size() == std::size(kOthers));
}

TEST_CASE("Each route that changes something of a thing says whose it has to be", "[openapi][access]") {
  World world;
  for (const auto& route : world.app.app().router().routes()) {
    const auto name = name_of_route(route);
    const bool is_own = route.pattern.starts_with("/agents/me/") && route.pattern.find("prompts") == std::string::npos;
    const bool of_a_thing = route.kind == http::Kind::write && route.pattern.find(':') != std::string::npos &&
                            route.access == http::Access::agent;
    if (!of_a_thing || is_own || is_alias(route.pattern) || route.pattern.starts_with("/webhooks")) continue;
    INFO(name);
    const bool listed = std::ranges::find(kOthers, name, &Refusal::route) != std::end(kOthers) ||
                        std::ranges::find(kForAll, name) != std::end(kForAll);
    CHECK(listed);
  }
}
