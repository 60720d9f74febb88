// Each way in which one attempt can end, against real receivers.
#include "webhooks/send.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "server/listen.h"
#include "support/catch.h"
#include "support/certificate.h"
#include "webhooks/receiver.h"

using namespace std::chrono_literals;
using support::Contains;
using support::Delivered;
using support::Receiver;
using webhooks::Outcome;
using webhooks::Outgoing;

namespace {

Outcome send_to(const std::string& url, std::chrono::milliseconds patience = 2s) {
  return webhooks::send({.url = url, .headers = {{"webhook-id", "msg_1"}}, .body = R"({"a":1})", .patience = patience});
}

Receiver::Behaviour say(std::string bytes) {
  return [bytes](const Receiver::Connection& connection, const Delivered&) { connection.send(bytes); };
}

Receiver::Behaviour drip(std::string first) {
  return [first](const Receiver::Connection& connection, const Delivered&) {
    connection.send(first);
    while (connection.wait(100ms) && connection.send("x")) {
    }
  };
}

}  // namespace

TEST_CASE("an attempt that is answered with 2xx", "[webhooks][send]") {
  Receiver receiver;
  const auto outcome = send_to(receiver.url("/hook?x=1"));
  CHECK(outcome.delivered);
  CHECK(outcome.status == 200);
  CHECK(outcome.error.empty());
  CHECK(outcome.answer == "ok");
  const auto request = receiver.wait(1).at(0);
  CHECK(request.method == "POST");
  CHECK(request.target == "/hook?x=1");
  CHECK(request.body == R"({"a":1})");
  CHECK(request.headers.at("host") == "127.0.0.1:" + std::to_string(receiver.port()));
  CHECK(request.headers.at("content-type") == "application/json");
  CHECK(request.headers.at("webhook-id") == "msg_1");

  for (const auto* answer :
       {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nuntil the end",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "HTTP/1.1 299 \n\n"}) {
    INFO(answer);
    receiver.behave(say(answer));
    CHECK(send_to(receiver.url()).delivered);
  }
}

TEST_CASE("an attempt keeps the beginning of a long answer", "[webhooks][send]") {
  Receiver receiver(Receiver::answer(200, "", std::string(100'000, 'a')));
  const auto outcome = send_to(receiver.url());
  CHECK(outcome.delivered);
  CHECK(outcome.answer == std::string(1024, 'a'));
  receiver.behave(say("HTTP/1.1 500 Oops\r\n\r\n\xFF\xC3\xB6"));
  CHECK(send_to(receiver.url()).answer == "\xEF\xBF\xBD\xC3\xB6");
}

TEST_CASE("attempts that fail, each with its own reason", "[webhooks][send]") {
  Receiver receiver;
  const auto failure = [&](Receiver::Behaviour behaviour) {
    receiver.behave(std::move(behaviour));
    auto outcome = send_to(receiver.url(), 700ms);
    CHECK_FALSE(outcome.delivered);
    CHECK(outcome.duration_ms < 1500);
    return outcome;
  };
  SECTION("a status") {
    const auto outcome = failure(Receiver::answer(500));
    CHECK(outcome.status == 500);
    CHECK_THAT(outcome.error, Contains("500"));
    CHECK_FALSE(outcome.timed_out);
  }
  SECTION("a redirect is not followed") {
    const auto outcome = failure(Receiver::answer(307, "Location: " + receiver.url("/other") + "\r\n"));
    CHECK_THAT(outcome.error, Contains("307"));
    CHECK_THAT(outcome.error, Contains("redirects"));
    CHECK(receiver.count() == 1);
  }
  SECTION("gone") { CHECK(failure(Receiver::answer(410)).status == 410); }
  SECTION("Retry-After of 429 and 503, and of nothing else") {
    CHECK(failure(Receiver::answer(429, "Retry-After: 17\r\n")).retry_after == 17'000);
    CHECK(failure(Receiver::answer(503, "retry-after:  2 \r\n")).retry_after == 2'000);
    CHECK_FALSE(failure(Receiver::answer(500, "Retry-After: 17\r\n")).retry_after);
  }
  SECTION("no answer") {
    const auto outcome = failure(Receiver::hang());
    CHECK(outcome.timed_out);
    CHECK_THAT(outcome.error, Contains("did not answer in time"));
    CHECK_FALSE(outcome.status);
  }
  SECTION("a head that drips") {
    const auto outcome = failure(drip("HTTP/1.1 200 OK\r\nX: "));
    CHECK(outcome.timed_out);
  }
  SECTION("a body that drips") {
    const auto outcome = failure(drip("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
    CHECK(outcome.timed_out);
    CHECK_THAT(outcome.error, Contains("did not end in time"));
  }
  SECTION("an endless body") {
    const auto outcome = failure([](const Receiver::Connection& connection, const Delivered&) {
      connection.send("HTTP/1.1 200 OK\r\n\r\n");
      while (connection.send(std::string(4096, 'x'))) {
      }
    });
    CHECK_THAT(outcome.error, Contains("no end"));
    CHECK(outcome.answer.size() == 1024);
  }
  SECTION("an endless head") {
    const auto outcome = failure([](const Receiver::Connection& connection, const Delivered&) {
      connection.send("HTTP/1.1 200 OK\r\n");
      while (connection.send("X-Filler: " + std::string(1000, 'x') + "\r\n")) {
      }
    });
    CHECK_THAT(outcome.error, Contains("16 KiB"));
  }
  SECTION("not HTTP") {
    for (const auto* bytes :
         {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 two hundred\r\n\r\n",
          "HTTP/1.1 200 OK\r\nno header\r\n\r\n", "HTTP/1.1 99 x\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n"}) {
      INFO(bytes);
      const auto outcome = failure(say(bytes));
      CHECK_THAT(outcome.error, Contains("not HTTP"));
      CHECK_FALSE(outcome.status);
    }
  }
  SECTION("closed in the middle of an answer") {
    for (const auto* bytes : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
      INFO(bytes);
      const auto outcome = failure(say(bytes));
      CHECK_THAT(outcome.error, Contains("in the middle of its answer (200)"));
      CHECK(outcome.status == 200);
    }
    CHECK_THAT(failure(say("HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nabc")).error, Contains("answered 500"));
  }
  SECTION("interim answers and nothing after them") {
    CHECK_THAT(failure(say("HTTP/1.1 100 Continue\r\n\r\n")).error, Contains("without an answer"));
    CHECK(failure(drip("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\nX: ")).timed_out);
    const auto endless = failure([](const Receiver::Connection& connection, const Delivered&) {
      while (connection.send("HTTP/1.1 102 Processing\r\n\r\n")) {
      }
    });
    CHECK_THAT(endless.error, Contains("16 KiB"));
    // Nobody asked for another protocol, and nothing in HTTP comes after it.
    CHECK_THAT(failure([](const Receiver::Connection& connection, const Delivered&) {
                 connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n");
                 (void)connection.wait(5s);
               }).error,
               Contains("answered 101"));
  }
  SECTION("malformed chunks") {
    for (const auto* chunk : {"zz\r\n", "-5\r\nabc\r\n", "ffffffffffffffffff\r\n", "3\r\nabcdef\r\n"}) {
      INFO(chunk);
      CHECK_THAT(failure(say(std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") + chunk)).error,
                 Contains("chunks are malformed"));
    }
  }
  SECTION("endless chunks") {
    const auto outcome = failure([](const Receiver::Connection& connection, const Delivered&) {
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (connection.send("5\r\nabcde\r\n")) {
      }
    });
    CHECK_THAT(outcome.error, Contains("no end"));
  }
  SECTION("closed without an answer") { CHECK_THAT(failure(say("")).error, Contains("without an answer")); }
}

TEST_CASE("attempts that reach nobody", "[webhooks][send]") {
  std::string nobody;
  {
    Receiver gone;
    nobody = gone.url();
  }
  CHECK_THAT(send_to(nobody).error, Contains("refused"));
  CHECK_THAT(send_to("http://nowhere.invalid/").error, Contains("does not resolve"));
  CHECK_THAT(send_to("http://127.0.0.1:1/").error, Contains("refused"));
}

TEST_CASE("an attempt under --webhook-block-private", "[webhooks][send]") {
  Receiver receiver;
  const auto port = std::to_string(receiver.port());
  for (const auto& host : {"127.0.0.1", "localhost", "0x7f.1", "[::ffff:127.0.0.1]"}) {
    INFO(host);
    const std::string url = std::string("http://") + host + ":" + port + "/";
    const auto outcome = webhooks::send({.url = url, .body = "{}", .patience = 2s, .block_private = true});
    CHECK_FALSE(outcome.delivered);
    CHECK_THAT(outcome.error, Contains("private address"));
  }
  CHECK(receiver.count() == 0);
  CHECK(send_to("http://localhost:" + port + "/").delivered);
}

TEST_CASE("an attempt ends at once when it is stopped", "[webhooks][send]") {
  Receiver receiver(Receiver::hang());
  const int stop = ::eventfd(0, EFD_CLOEXEC);
  std::thread other([&] {
    receiver.wait(1);
    const std::uint64_t one = 1;
    REQUIRE(::write(stop, &one, sizeof one) == sizeof one);
  });
  const auto outcome = webhooks::send({.url = receiver.url(), .body = "{}", .patience = 10s, .stop = stop});
  other.join();
  CHECK(outcome.stopped);
  CHECK(outcome.duration_ms < 2'000);
  ::close(stop);
}

TEST_CASE("attempts over TLS verify the certificate", "[webhooks][send]") {
  const support::Certificate certificate;
  server::ListenOptions options;
  options.port = 0;
  options.tls_cert = certificate.cert_file();
  options.tls_key = certificate.key_file();
  server::Listener listener(options, [](http::Request request, http::Respond respond) {
    respond({.status = request.method == http::Method::post ? 200 : 405, .body = request.body});
  });
  listener.start();
  const std::string port = std::to_string(listener.port());
  SECTION("one that nobody vouches for is refused") {
    const auto outcome = send_to("https://localhost:" + port + "/hook");
    CHECK_FALSE(outcome.delivered);
    CHECK_THAT(outcome.error, Contains("TLS") && Contains("certificate"));
  }
  SECTION("https to a receiver that speaks http") {
    Receiver plain(say("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const auto outcome = send_to("https://127.0.0.1:" + std::to_string(plain.port()) + "/", 700ms);
    CHECK_FALSE(outcome.delivered);
  }
  listener.stop(0);
}
