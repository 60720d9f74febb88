#include "journal/wire.h"

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "core/text.h"
#include "http/body.h"

namespace journal {

namespace {

using http::Delivery, http::TextRule;

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

bool is_json(std::string_view text) {
  if (!text.starts_with('{') && !text.starts_with('[')) return false;
  try {
    return http::parse_json_value(text) != nullptr;
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

// What is told of an entry in a list, of both kinds.
void write_outline(core::JsonWriter& json, const Entry& entry) {
  json.field("id", entry.id).time_field("time", entry.time).field("method", entry.method).field("path", entry.path);
  json.field("query", entry.query);
}

void write_agent_and_status(core::JsonWriter& json, const Entry& entry) {
  json.key("agent");
  entry.agent.empty() ? json.null() : json.value(entry.agent);
  json.key("status");
  entry.answered() ? json.value(entry.status) : json.null();
}

double milliseconds(const Entry& entry) { return static_cast<double>(entry.duration_us) / 1000.0; }

}  // namespace

Filter read_filter(http::Query& query) {
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

Page read_page(const Journal& journal, http::Query& query) {
  const Filter filter = read_filter(query);
  const auto limit = static_cast<std::size_t>(query.integer("limit", 1, Journal::kKept).value_or(Journal::kKept));
  const auto before = query.integer("cursor", 1, INT64_MAX);
  query.check();
  Page page{.entries = journal.find(filter, limit + 1, static_cast<std::uint64_t>(before.value_or(INT64_MAX)))};
  page.more = page.entries.size() > limit;
  if (page.more) page.entries.pop_back();
  return page;
}

void write_next_cursor(core::JsonWriter& json, const Page& page) {
  json.key("next_cursor");
  page.more ? json.value(std::to_string(page.entries.back()->number)) : json.null();
}

void write(core::JsonWriter& json, const Entry& entry) {
  json.begin_object();
  write_outline(json, entry);
  write_headers(json, entry);
  write_excerpt(json, "body", entry.body);
  json.field("body_size", entry.body.size).field("body_truncated", entry.body.truncated);
  write_agent_and_status(json, entry);
  if (entry.answered()) {
    write_excerpt(json, "answer", entry.answer);
  } else {
    json.key("answer").null();
  }
  json.field("answer_size", entry.answer.size).field("answer_truncated", entry.answer.truncated);
  json.field("delivery", name_of(entry.delivery)).field("duration_ms", milliseconds(entry)).end_object();
}

void write_entries(core::JsonWriter& json, const Journal::Entries& entries) {
  json.key("requests").begin_array();
  for (const auto& entry : entries) write(json, *entry);
  json.end_array();
}

void write_summary(core::JsonWriter& json, const Entry& entry) {
  json.begin_object().field("number", static_cast<std::int64_t>(entry.number));
  write_outline(json, entry);
  write_agent_and_status(json, entry);
  json.field("client", entry.client).field("duration_ms", milliseconds(entry)).end_object();
}

}  // namespace journal
