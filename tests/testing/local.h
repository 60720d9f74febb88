// The test controls as a client on this machine calls them, on an application with or without them.
#pragma once

#include <future>
#include <string>
#include <string_view>

#include "server/app.h"
#include "support/test_app.h"

namespace support {

inline server::Config with_test_api() {
  server::Config config = TestApp::quiet();
  config.test_api = true;
  return config;
}

inline const TestApp::Headers kLocal = {{"Host", "localhost:8080"}};

inline Answer control(TestApp& app, std::string_view method, std::string_view target, const Json& body = nullptr) {
  return app.send(method, target, "", body.is_null() ? std::string() : body.dump(), kLocal);
}

// The same on a thread of its own, for what waits.
inline std::future<Answer> control_later(TestApp& app, std::string target) {
  return std::async(std::launch::async, [&app, target] { return control(app, "GET", target); });
}

}  // namespace support
