// What an application's features publish and take back, written down as it happens.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "agents/agents.h"
#include "server/app.h"
#include "support/test_app.h"

// To be made before the first request, and to outlive the last.
class EventsHeard {
 public:
  explicit EventsHeard(TestApp& app) {
    app.app().bus().listen([this](auto& db, const auto& event) { note("told", db, event); },
                           [this](auto& db, const auto& event) { note("undone", db, event); });
  }

  // One line an event, in order, since the last call: "told application ada>bob", "undone follow ada>all". What is told
  // to everybody, or to the features themselves, is left out.
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(heard_, {});
  }
  // The newest event in full.
  events::Event last() {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  void note(const std::string& what, storage::Database& db, const events::Event& event) {
    if (event.recipient == 0 && what == "told") return;
    const auto handle = [&](std::int64_t id) {
      if (id == 0) return std::string("all");
      const auto summary = agents::summary(db, id);
      return summary ? summary->handle : std::string("nobody");
    };
    const std::lock_guard lock(mutex_);
    heard_.push_back(what + " " + std::string(events::name_of(event.kind)) + " " + handle(event.actor) + ">" +
                     handle(event.recipient));
    last_ = event;
  }

  std::mutex mutex_;
  std::vector<std::string> heard_;
  events::Event last_{};
};
