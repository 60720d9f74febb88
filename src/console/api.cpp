#include <algorithm>
#include <array>
#include <charconv>

#include "agents/agents.h"
#include "console/console.h"
#include "core/error.h"
#include "core/json_writer.h"
#include "html/layout.h"
#include "http/query.h"
#include "journal/deliveries.h"
#include "journal/wire.h"

namespace console {

using namespace http;
using journal::Journal;

namespace {

constexpr std::string_view kCss = "text/css; charset=utf-8";
constexpr std::string_view kJavascript = "text/javascript; charset=utf-8";
constexpr std::string_view kEvents = "text/event-stream; charset=utf-8";
constexpr int kMostDeliveries = 200;
constexpr std::size_t kMostLimits = 200;

Reply show_page(Call&) {
  return html::page({.title = "Console",
                     .section = "console",
                     .body = std::string(page_source()),
                     .style = "/console/style.css",
                     .script = "/console/script.js",
                     .body_class = "console"});
}

Reply show_style(Call&) { return {.content_type = kCss, .body = std::string(style_source())}; }
Reply show_script(Call&) { return {.content_type = kJavascript, .body = std::string(script_source())}; }

Reply list_requests(const Journal& journal, Call& call) {
  Query query(call.request);
  const journal::Page page = journal::read_page(journal, query);
  core::JsonWriter json;
  json.begin_object().key("requests").begin_array();
  for (const auto& entry : page.entries) journal::write_summary(json, *entry);
  json.end_array();
  journal::write_next_cursor(json, page);
  json.end_object();
  return ok(json);
}

Reply show_request(const Journal& journal, Call& call) {
  const std::string& text = call.parameter(0);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  const auto entry = is_number ? journal.at(number) : nullptr;
  if (!entry) throw core::not_found("This request is not kept any more: the journal holds the last ones only.");
  core::JsonWriter json;
  json.begin_object().key("request");
  journal::write(json, *entry);
  json.end_object();
  return ok(json);
}

Reply list_deliveries(const Attempts& attempts, Call& call) {
  Query query(call.request);
  journal::WantedDeliveries wanted = journal::WantedDeliveries::read(query);
  wanted.limit = static_cast<std::size_t>(query.integer("limit", 1, kMostDeliveries).value_or(kMostDeliveries));
  query.check();
  core::JsonWriter json;
  json.begin_object();
  journal::write_deliveries(json, call.db(), wanted);
  attempts.write_all(json);
  json.end_object();
  return ok(json);
}

// The address that a bucket counts for, as far as it knows it.
std::string text_of(const Subject& subject) {
  std::string text;
  if (subject.kind == Subject::Kind::ipv4) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      text.append(text.empty() ? "" : ".").append(std::to_string(subject.value >> shift & 255U));
    }
    return text;
  }
  if (subject.kind != Subject::Kind::ipv6) return "another address";
  for (int shift = 48; shift >= 0; shift -= 16) {
    std::array<char, 4> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), subject.value >> shift & 65535U, 16).ptr;
    text.append(digits.data(), end).append(":");
  }
  return text + ":/64";
}

void write_quota(core::JsonWriter& json, Bucket bucket, const Quota& quota) {
  json.field("bucket", name_of(bucket))
      .field("limit", quota.count)
      .field("window_seconds", quota.window_ms / core::kSecond);
}

Reply list_limits(const RateLimiter& limiter, Call& call) {
  core::JsonWriter json;
  json.begin_object().key("quotas").begin_array();
  for (std::size_t i = 0; i < kBuckets; ++i) {
    const auto bucket = static_cast<Bucket>(i);
    if (limiter.quotas()[bucket].count == 0) continue;
    json.begin_object();
    write_quota(json, bucket, limiter.quotas()[bucket]);
    json.end_object();
  }
  json.end_array().key("limits").begin_array();
  for (const Usage& usage : limiter.in_use(kMostLimits)) {
    const bool is_agent = usage.subject.kind == Subject::Kind::agent;
    const auto agent =
        is_agent ? agents::summary(call.db(), static_cast<std::int64_t>(usage.subject.value)) : std::nullopt;
    json.begin_object().key("agent");
    agent ? json.value(agent->handle) : json.null();
    json.key("address");
    is_agent ? json.null() : json.value(text_of(usage.subject));
    write_quota(json, usage.bucket, usage.quota);
    json.field("remaining", usage.remaining).field("reset_seconds", usage.reset_s).end_object();
  }
  json.end_array().end_object();
  return ok(json);
}

}  // namespace

Console::Console(Journal& journal, const RateLimiter& limiter) : journal_(journal), limiter_(limiter) {
  journal_.set_watched([this] { return audience_.present(); });
  journal_.listen([this](const journal::Entry* entry) {
    if (entry == nullptr) return audience_.tell("clear", "{}");
    if (!audience_.present()) return;
    core::JsonWriter json;
    journal::write_summary(json, *entry);
    audience_.tell("request", json.text());
  });
}

void Console::attempted(const Attempt& attempt) {
  if (!audience_.present()) return;
  attempts_.add(attempt);
  core::JsonWriter json;
  write(json, attempt);
  audience_.tell("attempt", json.text());
}

// clang-format off: a table
Routes Console::routes() {
  // Whatever is asked for here, somebody looks.
  const auto looking = [this](auto show) {
    return [this, show](Call& call) {
      journal_.look();
      return show(call);
    };
  };
  const auto clear = [this](Call&) {
    journal_.clear();
    attempts_.clear();
    return no_content();
  };
  const auto follow = [this](Call&) {
    Reply reply{.content_type = kEvents, .body = "retry: 1000\n\n"};
    reply.header("Cache-Control", "no-store").header("X-Accel-Buffering", "no");
    reply.stream = [this](std::shared_ptr<Outlet> outlet) { audience_.join(std::move(outlet)); };
    return reply;
  };
  const auto line = [](std::string_view path, Kind kind, std::function<Reply(Call&)> handler, Doc doc, Form form) {
    return Route{GET, path, Access::local, Limit::free, kind, std::move(handler), doc, form};
  };
  return {
      line("/console", Kind::plain, looking(show_page), {"Agents at work, for the operator", "", ""}, Form::html),
      line("/console/style.css", Kind::plain, show_style, {"The style of the console", "", ""}, Form::any),
      line("/console/script.js", Kind::plain, show_script, {"The script of the console", "", ""}, Form::any),
      line("/console/requests", Kind::plain, looking([this](Call& call) { return list_requests(journal_, call); }),
           {"The last requests while somebody looks, newest first", "", "ConsoleRequests"}, Form::json),
      line("/console/requests/:number", Kind::plain,
           looking([this](Call& call) { return show_request(journal_, call); }),
           {"One of them with its headers, body and answer", "", "ConsoleRequest"}, Form::json),
      {DELETE, "/console/requests", Access::local, Limit::free, Kind::plain, clear, {"Forget the requests so far"}},
      line("/console/stream", Kind::plain, looking(follow),
           {"Requests, and attempts to deliver to webhooks, as they end (Server-Sent Events)", "", ""}, Form::json),
      line("/console/deliveries", Kind::read, looking([this](Call& call) { return list_deliveries(attempts_, call); }),
           {"Deliveries to webhooks and the last attempts, newest first", "", "ConsoleDeliveries"}, Form::json),
      line("/console/limits", Kind::read, looking([this](Call& call) { return list_limits(limiter_, call); }),
           {"Rate limits that are in use, the tightest first", "", "ConsoleLimits"}, Form::json),
  };
}
// clang-format on

}  // namespace console
