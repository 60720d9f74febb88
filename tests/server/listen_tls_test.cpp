#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "core/error.h"
#include "server/echo.h"
#include "server/listen.h"
#include "support/catch.h"
#include "support/certificate.h"
#include "support/wire.h"

namespace {

using support::any_port;
using support::body_of;
using support::Certificate;
using support::Echo;
using support::eventually;
using support::get;
using support::status_of;
using support::Wire;

server::ListenOptions with(const Certificate& certificate) {
  auto options = any_port();
  options.tls_cert = certificate.cert_file();
  options.tls_key = certificate.key_file();
  return options;
}

}  // namespace

TEST_CASE("TLS", "[listen][tls]") {
  const Certificate certificate;
  auto options = with(certificate);
  options.head_deadline_ms = 400;
  Echo echo(options);

  SECTION("requests and answers") {
    Wire wire(echo.port(), true);
    wire.send(get("/x") + get("/later"));
    CHECK(body_of(wire.answer()) == "GET /x 127.0.0.1 secure ");
    CHECK(body_of(wire.answer()) == "/later");
    wire.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + std::string(200'000, 'x'));
    CHECK(body_of(wire.answer()).size() == 200'000 + 25);
  }
  SECTION("an answer larger than every buffer") {
    Wire wire(echo.port(), true, false, 4096);
    wire.send(get("/large", "Connection: close\r\n"));
    CHECK(body_of(wire.rest()).size() == 8 * 1024 * 1024);
  }
  SECTION("many connections") {
    std::vector<Wire> wires;
    for (int i = 0; i < 50; ++i) wires.emplace_back(echo.port(), true);
    for (auto& wire : wires) wire.send(get("/held/x"));
    echo.wait_held(50);
    echo.release();
    for (auto& wire : wires) CHECK(body_of(wire.answer()) == "/held/x");
  }
  SECTION("streams") {
    Wire wire(echo.port(), true);
    wire.send(get("/stream"));
    const auto outlet = echo.wait_outlets(1).front();
    CHECK(outlet->send("second\n"));
    outlet->close();
    CHECK(body_of(wire.rest()) == "first\nsecond\n");
  }
  SECTION("refusals can be read") {
    Wire wire(echo.port(), true);
    wire.send("nonsense\r\n\r\n");
    CHECK(status_of(wire.rest()) == 400);
  }
  SECTION("the handshake has a deadline") {
    auto silent = echo.connect();
    CHECK(silent.ends(3'000));
  }
  SECTION("plain text is no handshake") {
    auto plain = echo.connect();
    plain.send(get("/x"));
    CHECK(plain.rest().find("HTTP/") == std::string::npos);
    CHECK(echo.dispatched() == 0);
  }
  SECTION("stopping ends idle connections") {
    Wire wire(echo.port(), true);
    wire.send(get("/x"));
    CHECK(status_of(wire.answer()) == 200);
    echo.stop(5'000);
    CHECK(wire.ends());
  }
}

TEST_CASE("certificates that cannot be used", "[listen][tls]") {
  const Certificate certificate;
  const Certificate other;
  const auto message = [](const server::ListenOptions& options) -> std::string {
    try {
      const server::Listener listener(options, [](http::Request, http::Respond) {});
      return {};
    } catch (const core::Error& error) {
      return error.detail();
    }
  };
  auto options = with(certificate);
  CHECK(message(options).empty());
  options.tls_key = other.key_file();
  CHECK(message(options).find(other.key_file()) != std::string::npos);
  options.tls_key.clear();
  CHECK(message(options).find("--tls-key") != std::string::npos);
  options = with(certificate);
  options.tls_cert = "/nowhere/cert.pem";
  CHECK(message(options).find("/nowhere/cert.pem") != std::string::npos);
  options.tls_cert = certificate.key_file();
  CHECK(message(options).find("cannot be read") != std::string::npos);
}
