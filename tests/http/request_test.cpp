#include "http/request.h"

#include "support/catch.h"

TEST_CASE("requests made from parts", "[http][request]") {
  const auto request = http::make_request("PUT", "/a/b?c=d", {{"Authorization", "Bearer x"}, {"Empty", ""}}, "{}");
  CHECK(request.method == http::Method::put);
  CHECK(request.target == "/a/b?c=d");
  CHECK(request.path == "/a/b");
  CHECK(request.query == "c=d");
  CHECK(request.header("authorization") == "Bearer x");
  CHECK(request.header("empty") == "");
  CHECK(request.body == "{}");
  const auto moved = [](http::Request taken) { return std::string(taken.path); };
  CHECK(moved(http::make_request("GET", "/x")) == "/x");
}

TEST_CASE("the key of a request", "[http][request]") {
  const auto token = [](const std::vector<std::pair<std::string, std::string>>& headers) {
    const auto request = http::make_request("GET", "/", headers);
    const auto found = request.bearer_token();
    return found ? std::string(*found) : "none";
  };
  CHECK(token({}) == "none");
  CHECK(token({{"Authorization", "Bearer k"}}) == "k");
  CHECK(token({{"authorization", "bEARER   k "}}) == "k");
  CHECK(token({{"Authorization", "Bearer"}}) == "none");
  CHECK(token({{"Authorization", "Basic k"}}) == "none");
  // Of two headers, a program on the way may have read the other one.
  CHECK(token({{"Authorization", "Bearer k"}, {"X", "y"}, {"authorization", "Bearer l"}}) == "none");
  CHECK(token({{"Authorization", "Bearer k"}, {"Authorization", "Bearer k"}}) == "none");
}
