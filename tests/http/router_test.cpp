#include "server/app.h"
#include "support/catch.h"
#include "support/test_app.h"

TEST_CASE("Every answer", "[http][router]") {
  TestApp app;
  SECTION("carries a request id, and the client's own if it is a sane one") {
    CHECK_FALSE(app.get("/feed").header("X-Request-Id").empty());
    CHECK(app.get("/feed").header("X-Request-Id") != app.get("/feed").header("X-Request-Id"));
    CHECK(app.get("/feed", "", {{"X-Request-Id", "build-42.a_b"}}).header("X-Request-Id") == "build-42.a_b");
    CHECK(app.get("/feed", "", {{"X-Request-Id", "two words"}}).header("X-Request-Id") != "two words");
    CHECK(app.get("/feed", "", {{"X-Request-Id", std::string(129, 'a')}}).header("X-Request-Id") !=
          std::string(129, 'a'));
  }
  SECTION("is open to pages of other origins and never sniffed") {
    const auto answer = app.get("/feed", "", {{"Origin", "https://example.com"}});
    CHECK(answer.header("Access-Control-Allow-Origin") == "*");
    CHECK(answer.header("Access-Control-Allow-Credentials").empty());
    CHECK(answer.header("Access-Control-Expose-Headers").find("X-RateLimit-Remaining") != std::string::npos);
    CHECK(answer.header("X-Content-Type-Options") == "nosniff");
  }
  SECTION("to a request with a key is private") {
    CHECK(app.get("/feed", "ada").header("Cache-Control").find("private") != std::string::npos);
    CHECK(app.get("/feed").header("Cache-Control").find("private") == std::string::npos);
    CHECK(app.get("/feed", "clnk_nonsense").header("Cache-Control").find("private") != std::string::npos);
  }
  SECTION("of a GET varies with what the client accepts") {
    CHECK(app.get("/feed").header("Vary").find("Accept") == 0);
  }
}

TEST_CASE("A path that is no route", "[http][router]") {
  TestApp app;
  SECTION("is a 404 in the form of RFC 9457") {
    const auto answer = app.get("/nowhere", "", {{"X-Request-Id", "r1"}});
    CHECK(answer.status == 404);
    CHECK(answer.content_type == "application/problem+json");
    CHECK(answer.json["status"] == 404);
    CHECK(answer.json["title"] == "Not Found");
    CHECK(answer.json["type"].is_string());
    CHECK(answer.json["request_id"] == "r1");
    CHECK(answer.json["detail"].get<std::string>().find("/nowhere") != std::string::npos);
  }
  SECTION("also with a slash too many in its middle") {
    CHECK(app.get("/feed//categories").status == 404);
    CHECK(app.get("/feed/categories/").status == 200);
    CHECK(app.get("/feed/categories//").status == 404);
  }
  SECTION("may hold escapes, which are decoded once and segment by segment") {
    CHECK(app.get("/%66eed").status == 200);
    CHECK(app.get("/agents%2Fme").status == 404);
    CHECK(app.get("/agents/%2e%2e%2fme").status == 404);
    CHECK(app.get("/agents/%2566").status == 404);
  }
  SECTION("is a 400 where its escapes are broken") {
    CHECK(app.get("/feed/%zz").status == 400);
    CHECK(app.get("/feed/%2").status == 400);
    CHECK(app.get("/feed/%00").status == 400);
    CHECK(app.get("/feed/%ff").status == 400);
    CHECK(app.get("/feed?category=%zz").status == 400);
    CHECK(app.get("/feed?category=%ff").status == 400);
  }
}

TEST_CASE("A method that a path does not offer", "[http][router]") {
  TestApp app;
  const auto answer = app.put("/feed", "ada");
  CHECK(answer.status == 405);
  CHECK(answer.header("Allow") == "GET, HEAD, POST, OPTIONS");
  CHECK(answer.json["detail"].get<std::string>().find("GET, HEAD, POST, OPTIONS") != std::string::npos);
  CHECK(app.send("BREW", "/feed", "", "").status == 405);
  CHECK(app.send("BREW", "/nowhere", "", "").status == 404);
}

TEST_CASE("OPTIONS", "[http][router]") {
  TestApp app;
  SECTION("lists what the path offers, for CORS too") {
    const auto answer = app.send("OPTIONS", "/agents/me", "", "");
    CHECK(answer.status == 204);
    CHECK(answer.header("Allow") == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS");
    CHECK(answer.header("Access-Control-Allow-Methods") == answer.header("Allow"));
    CHECK(answer.header("Access-Control-Allow-Headers").find("Authorization") != std::string::npos);
    CHECK(answer.body.empty());
  }
  SECTION("of nothing is a 404") { CHECK(app.send("OPTIONS", "/nowhere", "", "").status == 404); }
  SECTION("of the server as a whole is a 204") { CHECK(app.send("OPTIONS", "*", "", "").status == 204); }
}

TEST_CASE("HEAD works wherever GET does", "[http][router]") {
  TestApp app;
  const auto head = app.send("HEAD", "/feed", "", "");
  CHECK(head.status == 200);
  CHECK(head.header("ETag") == app.get("/feed").header("ETag"));
  CHECK(app.send("HEAD", "/nowhere", "", "").status == 404);
}

TEST_CASE("An unchanged answer", "[http][router]") {
  TestApp app;
  app.post("/feed", "ada", {{"content", "First"}});
  const auto first = app.get("/feed");
  const auto etag = first.header("ETag");
  REQUIRE(etag.size() > 2);
  CHECK(etag.front() == '"');
  SECTION("is a 304 without a body") {
    const auto again = app.get("/feed", "", {{"If-None-Match", etag}});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(again.header("ETag") == etag);
    CHECK(app.get("/feed", "", {{"If-None-Match", "\"x\", W/" + etag}}).status == 304);
    CHECK(app.get("/feed", "", {{"If-None-Match", "*"}}).status == 304);
  }
  SECTION("is the same to the byte, computed or kept") {
    const auto again = app.get("/feed");
    CHECK(again.body == first.body);
    CHECK(again.header("ETag") == etag);
  }
  SECTION("is another one after a write") {
    app.post("/feed", "ada", {{"content", "Second"}});
    const auto again = app.get("/feed", "", {{"If-None-Match", etag}});
    CHECK(again.status == 200);
    CHECK(again.header("ETag") != etag);
    CHECK(again.json["posts"].size() == 2);
  }
}

TEST_CASE("A key", "[http][router]") {
  TestApp app;
  const auto key = app.key("ada");
  const auto status = [&](const std::string& authorization) {
    return app.get("/agents/me", "", {{"Authorization", authorization}}).status;
  };
  CHECK(status("Bearer " + key) == 200);
  CHECK(status("bearer   " + key) == 200);
  SECTION("that is missing where one is needed is a 401 that says what to send") {
    const auto answer = app.get("/agents/me");
    CHECK(answer.status == 401);
    CHECK(answer.header("WWW-Authenticate") == "Bearer");
    CHECK(answer.json["detail"].get<std::string>().find("Authorization: Bearer") != std::string::npos);
  }
  SECTION("that is no key is a 401 everywhere, unknown, mistyped, malformed or in another scheme") {
    auto mistyped = key;
    mistyped[10] = mistyped[10] == 'a' ? 'b' : 'a';
    CHECK(status("Bearer " + mistyped) == 401);
    CHECK(status("Bearer") == 401);
    CHECK(status("Bearer clnk_") == 401);
    CHECK(status("Basic " + key) == 401);
    CHECK(status(key) == 401);
    CHECK(app.get("/feed", "", {{"Authorization", "Bearer " + mistyped}}).status == 401);
  }
  SECTION("gets the same answer whether it never was one or is one no more") {
    const auto rotated = app.post("/agents/me/rotate-key", "ada");
    REQUIRE(rotated.status == 200);
    const auto revoked = app.get("/feed", key, {{"X-Request-Id", "same"}});
    TestApp other;
    const auto unknown = other.get("/feed", key, {{"X-Request-Id", "same"}});
    CHECK(revoked.status == 401);
    CHECK(revoked.body == unknown.body);
  }
}

TEST_CASE("--require-auth asks for a key everywhere but at the door", "[http][router]") {
  auto config = TestApp::quiet();
  config.require_auth = true;
  TestApp app(config);
  CHECK(app.get("/feed").status == 401);
  CHECK(app.get("/agents/ada").status == 401);
  CHECK(app.get("/health").status == 200);
  CHECK(app.make_agent("ada").status == 201);
  CHECK(app.get("/feed", "ada").status == 200);
}

TEST_CASE("A request body", "[http][router]") {
  TestApp app;
  const auto post = [&](std::string body, const std::string& type = "application/json") {
    return app.send("POST", "/feed", "ada", std::move(body), {{"Content-Type", type}});
  };
  SECTION("is JSON whatever its type is called") {
    CHECK(post(R"({"content": "a"})", "application/x-www-form-urlencoded").status == 201);
    CHECK(post(R"({"content": "a"})", "text/plain; charset=UTF-8").status == 201);
    CHECK(app.send("POST", "/feed", "ada", R"({"content": "a"})").status == 201);
  }
  SECTION("of a multipart form or in another charset is a 415") {
    CHECK(post("--x", "multipart/form-data; boundary=x").status == 415);
    CHECK(post(R"({"content": "a"})", "application/json; charset=iso-8859-1").status == 415);
    CHECK(post(R"({"content": "a"})", "application/json; charset=\"utf-8\"").status == 201);
  }
  SECTION("that is not one JSON object is a 400") {
    for (const auto* body : {"{", "[]", "\"text\"", "null", "12", "{} {}", "{\"content\": \"\xff\"}",
                             "{\"content\": \"\\ud800\"}", "nonsense", "{'content': 'a'}", "{\"content\": \"a\",}"}) {
      INFO(body);
      CHECK(post(body).status == 400);
    }
  }
  SECTION("nested too deep is a 400, not a crash") {
    CHECK(post("{\"content\": " + std::string(100'000, '[') + std::string(100'000, ']') + "}").status == 400);
    CHECK(post("{\"x\": " + std::string(60, '[') + std::string(60, ']') + ", \"content\": \"a\"}").status == 201);
  }
  SECTION("may have fields that nobody knows") { CHECK(post(R"({"content": "a", "mood": {"x": [1]}})").status == 201); }
  SECTION("names every bad field at once") {
    const auto answer =
        app.post("/agents/register", "", {{"name", 5}, {"tagline", "short"}, {"skills", {"ok", 7, ""}}});
    CHECK(answer.status == 400);
    CHECK(answer.faulty_fields() == std::vector<std::string>{"bio", "name", "skills[1]", "skills[2]", "tagline"});
    CHECK(answer.json["detail"].get<std::string>().find("bio") != std::string::npos);
  }
}
