#include "webhooks/send.h"

#include <array>

#include "core/stopwatch.h"
#include "core/text.h"
#include "core/version.h"
#include "webhooks/address.h"
#include "webhooks/schedule.h"
#include "webhooks/send_answer.h"
#include "webhooks/send_fault.h"
#include "webhooks/send_resolve.h"
#include "webhooks/send_socket.h"
#include "webhooks/send_tls.h"
#include "webhooks/url.h"

namespace webhooks {
namespace {

using Kind = SendFault::Kind;

std::string request_text(const Outgoing& outgoing, const Url& url) {
  std::string text = std::string(outgoing.method) + " " + url.target + " HTTP/1.1\r\nHost: " + url.authority +
                     "\r\nUser-Agent: ClankdIn-Webhooks/" + std::string(core::kVersion) +
                     "\r\nAccept: */*\r\nConnection: close\r\n";
  if (outgoing.method != "GET") {
    text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(outgoing.body.size()) + "\r\n";
  }
  for (const auto& [name, value] : outgoing.headers) text.append(name).append(": ").append(value).append("\r\n");
  return text.append("\r\n").append(outgoing.body);
}

// The addresses of the name that may be connected to: what was checked here is what is connected to, whatever the name
// means a moment later.
std::vector<SocketAddress> allowed_addresses(const Url& url, bool block_private, const Deadline& deadline) {
  auto addresses = resolve(url.host, url.port, deadline);
  if (block_private) {
    std::erase_if(addresses, [](const SocketAddress& one) { return is_private(address_of(*one.get())); });
    if (addresses.empty()) {
      throw SendFault{Kind::failed, "The name " + url.host +
                                        " leads to a private address, and this server sends to public ones only "
                                        "(--webhook-block-private)."};
    }
  }
  return addresses;
}

void exchange(const Outgoing& outgoing, const Deadline& deadline, AnswerReader& answer) {
  const auto url = parse_url(outgoing.url);
  if (!url) throw SendFault{Kind::failed, "The URL cannot be read."};
  Socket socket(allowed_addresses(*url, outgoing.block_private, deadline), deadline);
  std::optional<TlsChannel> tls;
  if (url->secure) tls.emplace(socket, url->host, outgoing.verify);
  Channel& channel = tls ? static_cast<Channel&>(*tls) : socket;
  channel.send(request_text(outgoing, *url));
  std::array<char, 4096> part;
  while (true) {
    const std::size_t size = channel.receive(part);
    if (size == 0) return answer.end();
    if (!answer.feed({part.data(), size})) return;
  }
}

std::string complaint(const AnswerReader& answer) {
  if (!answer.fault().empty()) return answer.fault();
  const int status = answer.status().value_or(0);
  const std::string code = std::to_string(status);
  if (answer.endless()) {
    return "The answer (" + code + ") has no end: no more than 16 KiB are read of one without a Content-Length.";
  }
  if (answer.cut() && status < 300) {
    return "The receiver closed the connection in the middle of its answer (" + code + ").";
  }
  if (status >= 300 && status < 400) return "The receiver answered " + code + ": redirects are not followed.";
  if (status == 410) return "The receiver answered 410: it is gone.";
  return "The receiver answered " + code + ".";
}

// As much of it as is whole characters; what is none becomes U+FFFD.
std::string readable(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    const core::Utf8Sequence sequence = core::utf8_sequence(bytes);
    if (sequence.valid && sequence.code_point != 0) {
      out.append(bytes.substr(0, sequence.length));
    } else {
      core::append_utf8(out, U'\uFFFD');
    }
    bytes.remove_prefix(sequence.length);
  }
  return out;
}

}  // namespace

Outcome send(const Outgoing& outgoing) {
  const std::int64_t started_us = core::stopwatch_us();
  Outcome outcome;
  AnswerReader answer;
  try {
    exchange(outgoing, {std::chrono::steady_clock::now() + outgoing.patience, outgoing.stop}, answer);
    const int status = answer.status().value_or(0);
    const bool whole = answer.fault().empty() && !answer.endless() && !answer.cut();
    outcome.delivered = whole && status >= 200 && status < 300;
    if (!outcome.delivered) outcome.error = complaint(answer);
  } catch (const SendFault& fault) {
    outcome.stopped = fault.kind == Kind::stopped;
    outcome.timed_out = fault.kind == Kind::timed_out;
    outcome.error = fault.error;
    if (outcome.timed_out) {
      if (answer.status()) outcome.error = "The answer did not end in time.";
      outcome.error += " An attempt has " + std::to_string(outgoing.patience.count() / 1000) + " s in all.";
    }
  } catch (const std::exception& error) {
    outcome.error = std::string("The attempt failed: ") + error.what() + ".";
  }
  outcome.status = answer.status();
  outcome.answer = readable(answer.body());
  if (outcome.status == 429 || outcome.status == 503) {
    if (const auto& value = answer.retry_after()) {
      outcome.retry_after = parse_retry_after(*value, core::AdjustableClock::real_now());
    }
  }
  outcome.duration_ms = (core::stopwatch_us() - started_us) / 1000;
  return outcome;
}

}  // namespace webhooks
