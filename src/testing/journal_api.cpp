#include "testing/journal_api.h"

#include <charconv>

#include "core/json_writer.h"
#include "core/text.h"
#include "http/body.h"
#include "http/problem.h"
#include "http/query.h"

namespace testing {

using namespace http;

namespace {

constexpr TextRule kWord{.min = 1, .max = 100, .multiline = false};
constexpr TextRule kPath{.min = 1, .max = 8192, .multiline = false};

// "503" or "5xx".
std::optional<std::pair<int, int>> status_range(std::string_view text) {
  if (text.size() != 3 || text[0] < '1' || text[0] > '5') return std::nullopt;
  if (core::to_lower_ascii(text.substr(1)) == "xx") {
    const int first = (text[0] - '0') * 100;
    return std::pair(first, first + 99);
  }
  int status = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::pair(status, status);
}

Filter read_filter(Query& query) {
  Filter filter;
  if (const auto method = query.text("method", kWord)) {
    for (const char c : *method) filter.method += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  filter.path = query.text("path", kPath).value_or("");
  filter.agent = core::to_lower_ascii(query.text("agent", kWord).value_or(""));
  filter.since = query.time("since");
  if (const auto status = query.text("status", kWord)) {
    filter.status = status_range(*status);
    if (!filter.status) query.fault("status", "status must be a status like 503, or a class of them like 5xx.");
  }
  return filter;
}

bool is_json(std::string_view text) {
  if (!text.starts_with('{') && !text.starts_with('[')) return false;
  try {
    return parse_json_value(text) != nullptr;
  } catch (const core::Error&) {
    return false;
  }
}

// JSON as JSON, anything else as a string, nothing as null.
void write_excerpt(core::JsonWriter& json, std::string_view name, const Excerpt& excerpt) {
  json.key(name);
  if (excerpt.size == 0) {
    json.null();
  } else if (!excerpt.truncated && is_json(excerpt.text)) {
    json.raw(excerpt.text);
  } else {
    json.value(excerpt.text);
  }
}

std::string_view name_of(Delivery delivery) {
  switch (delivery) {
    case Delivery::whole: return "whole";
    case Delivery::truncated: return "truncated";
    case Delivery::dropped: return "dropped";
  }
  return "";
}

void write_headers(core::JsonWriter& json, const Entry& entry) {
  json.key("headers").begin_object();
  for (std::size_t i = 0; i < entry.headers.size(); ++i) {
    const auto& name = entry.headers[i].first;
    const auto same = [&name](const auto& header) { return header.first == name; };
    const auto here = entry.headers.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::any_of(entry.headers.begin(), here, same)) continue;
    std::string values;
    for (auto each = here; each != entry.headers.end(); ++each) {
      if (same(*each)) values.append(values.empty() ? "" : ", ").append(each->second);
    }
    json.field(name, values);
  }
  json.end_object();
}

void write(core::JsonWriter& json, const Entry& entry) {
  json.begin_object()
      .field("id", entry.id)
      .time_field("time", entry.time)
      .field("method", entry.method)
      .field("path", entry.path)
      .field("query", entry.query);
  write_headers(json, entry);
  write_excerpt(json, "body", entry.body);
  json.field("body_size", entry.body.size).field("body_truncated", entry.body.truncated);
  json.key("agent");
  entry.agent.empty() ? json.null() : json.value(entry.agent);
  json.key("status");
  entry.answered() ? json.value(entry.status) : json.null();
  if (entry.answered()) {
    write_excerpt(json, "answer", entry.answer);
  } else {
    json.key("answer").null();
  }
  json.field("answer_size", entry.answer.size).field("answer_truncated", entry.answer.truncated);
  json.field("delivery", name_of(entry.delivery))
      .field("duration_ms", static_cast<double>(entry.duration_us) / 1000.0)
      .end_object();
}

void write_entries(core::JsonWriter& json, const Journal::Entries& entries) {
  json.key("requests").begin_array();
  for (const auto& entry : entries) write(json, *entry);
  json.end_array();
}

Reply list_requests(const Journal& journal, Call& call) {
  Query query(call.request);
  const Filter filter = read_filter(query);
  const auto limit = static_cast<std::size_t>(query.integer("limit", 1, Journal::kKept).value_or(Journal::kKept));
  const auto before = query.integer("cursor", 1, INT64_MAX);
  query.check();
  auto entries = journal.find(filter, limit + 1, static_cast<std::uint64_t>(before.value_or(INT64_MAX)));
  const bool more = entries.size() > limit;
  if (more) entries.pop_back();
  core::JsonWriter json;
  json.begin_object();
  write_entries(json, entries);
  json.key("next_cursor");
  more ? json.value(std::to_string(entries.back()->number)) : json.null();
  json.end_object();
  return ok(json);
}

void wait_for_requests(Journal& journal, Waits& waits, Call& call, Respond respond) {
  Query query(call.request);
  auto tally = std::make_shared<Tally>();
  tally->filter = read_filter(query);
  const Patience patience = Patience::read(query, call.request);
  query.check();
  const auto look = [&journal, tally, patience]() -> std::optional<Reply> {
    journal.count(*tally);
    if (tally->count < patience.count) return std::nullopt;
    core::JsonWriter json;
    json.begin_object();
    write_entries(json, journal.find(tally->filter));
    json.end_object();
    return ok(json);
  };
  const auto give_up = [tally, patience, id = call.request.id] {
    return problem(408,
                   std::to_string(tally->count) + " of " + std::to_string(patience.count) +
                       " requests came in time. GET /_test/requests shows which did; wait longer with timeout=SECONDS.",
                   id);
  };
  waits.add({look, give_up, std::move(respond)}, patience.timeout);
}

}  // namespace

Routes journal_routes(Journal& journal, Waits& waits) {
  const auto list = [&journal](Call& call) { return list_requests(journal, call); };
  const auto clear = [&journal](Call&) {
    journal.clear();
    return no_content();
  };
  const auto wait = [&journal, &waits](Call& call, Respond respond) {
    wait_for_requests(journal, waits, call, std::move(respond));
  };
  return {
      {GET, "/_test/requests", Access::local, Limit::free, Kind::plain, list, {"The last requests, newest first"}},
      {DELETE, "/_test/requests", Access::local, Limit::free, Kind::plain, clear, {"Forget the requests so far"}},
      {.method = GET,
       .pattern = "/_test/requests/wait",
       .access = Access::local,
       .limit = Limit::free,
       .kind = Kind::later,
       .handler = {},
       .doc = {"Wait until that many requests match"},
       .later = wait},
  };
}

}  // namespace testing
