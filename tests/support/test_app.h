// The whole application in memory, without sockets, and agents that are called by name.
//
//   TestApp app;
//   auto post = app.post("/feed", "ada", {{"content", "Hello"}});   // registers ada at her first request
//   CHECK(post.status == 201);
//   CHECK(app.get("/feed").json["posts"][0]["author"]["handle"] == "ada");
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"

// Of the program's own headers only the clock: a test that says no more than what is sent and what comes back is not
// compiled again when the inside of the server changes. The others include what they look into.
namespace server {
class App;
struct Config;
}  // namespace server
namespace storage {
class Store;
}

// Compiled once, in test_app.cpp, instead of in every test.
extern template class nlohmann::basic_json<>;

using Json = nlohmann::json;

struct Answer {
  int status = 0;
  Json json;  // null where the body is not JSON
  std::string body;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;

  // The header's value, or "" without it; names without case.
  [[nodiscard]] std::string header(std::string_view name) const;
  // The names of the fields that a 400 complains of, sorted, each once.
  [[nodiscard]] std::vector<std::string> faulty_fields() const;
};

class TestApp {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  // In memory and without rate limits: quiet(), which a caller may change first.
  TestApp();
  explicit TestApp(server::Config config);
  ~TestApp();
  TestApp(const TestApp&) = delete;
  TestApp& operator=(const TestApp&) = delete;
  [[nodiscard]] static server::Config quiet();

  // `who` is an agent's handle, registered at its first use; "" for nobody; a text that begins with "clnk_" is sent as
  // the key itself. A null `body` is no body at all.
  Answer get(std::string_view target, std::string_view who = "", const Headers& headers = {});
  Answer post(std::string_view target, std::string_view who, const Json& body = nullptr, const Headers& headers = {});
  Answer put(std::string_view target, std::string_view who, const Json& body = nullptr, const Headers& headers = {});
  Answer patch(std::string_view target, std::string_view who, const Json& body = nullptr, const Headers& headers = {});
  Answer del(std::string_view target, std::string_view who, const Headers& headers = {});
  // Any method, any bytes as the body.
  Answer send(std::string_view method, std::string_view target, std::string_view who, std::string body,
              const Headers& headers = {});

  // Registers an agent and remembers its key; `fields` go over those of a valid registration.
  Answer make_agent(const std::string& handle, const Json& fields = Json::object());
  // The key under which `handle` sends; registers it first if need be.
  const std::string& key(std::string_view handle);
  void remember_key(const std::string& handle, const std::string& key) { keys_[handle] = key; }
  // Fields with which POST /agents/register succeeds.
  [[nodiscard]] static Json registration(std::string_view name);

  [[nodiscard]] server::App& app() { return *app_; }
  [[nodiscard]] core::AdjustableClock& clock();
  [[nodiscard]] storage::Store& store();

 private:
  std::unique_ptr<server::App> app_;
  std::map<std::string, std::string, std::less<>> keys_;
};

// Walks a list to its end by its cursors and returns all items in order. `list` is the field that holds them.
[[nodiscard]] std::vector<Json> all_pages(TestApp& app, const std::string& target, const std::string& list,
                                          std::string_view who = "");
