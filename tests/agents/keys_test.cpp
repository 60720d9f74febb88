// A write whose agent changes between its admission and its turn.
#include <chrono>
#include <future>
#include <string>
#include <string_view>
#include <thread>

#include "storage/store.h"
#include "support/catch.h"
#include "support/test_app.h"

namespace {

using namespace std::chrono_literals;

// Sends requests that wait for the writer, each in its turn, and lets them go together.
class Queue {
 public:
  explicit Queue(TestApp& app) : app_(app) {
    app_.store().write([go = go_.get_future().share()](storage::Database&) { go.wait(); }, {});
  }

  std::future<Answer> send(std::string_view method, std::string target, const std::string& key, std::string body) {
    auto answer = std::async(std::launch::async, [=, this] { return app_.send(method, target, key, body); });
    ++sent_;
    for (int i = 0; i < 5000 && app_.store().figures().queue < sent_; ++i) std::this_thread::sleep_for(1ms);
    return answer;
  }
  void release() { go_.set_value(); }

 private:
  TestApp& app_;
  std::promise<void> go_;
  std::size_t sent_ = 0;
};

}  // namespace

TEST_CASE("A write is its agent's as the agent is when the write's turn comes", "[agents]") {
  TestApp app;
  const std::string key = app.key("ada");
  Queue queue(app);
  const std::string post = R"({"content": "Still here?"})";
  SECTION("not with a key that was rotated") {
    auto change = queue.send("POST", "/agents/me/rotate-key", key, "");
    auto write = queue.send("POST", "/feed", key, post);
    queue.release();
    CHECK(change.get().status == 200);
    CHECK(write.get().status == 401);
  }
  SECTION("not of an agent that left") {
    auto change = queue.send("DELETE", "/agents/me", key, "");
    auto write = queue.send("POST", "/feed", key, post);
    queue.release();
    CHECK(change.get().status == 204);
    CHECK(write.get().status == 401);
  }
  SECTION("under the name that it has then") {
    auto change = queue.send("PATCH", "/agents/me", key, R"({"name": "Countess"})");
    auto write = queue.send("POST", "/feed", key, post);
    queue.release();
    CHECK(change.get().status == 200);
    CHECK(write.get().json["post"]["author"]["name"] == "Countess");
  }
  CHECK(app.get("/feed").status == 200);
}
