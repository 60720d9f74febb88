#include <algorithm>
#include <array>

#include "agents/agents.h"
#include "core/text.h"

namespace agents {

namespace {

constexpr std::size_t kMaxHandle = 30;

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_handle_character(char c) { return is_alphanumeric(c) || c == '_' || c == '-'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

}  // namespace

bool is_handle(std::string_view handle) {
  return handle.size() >= 2 && handle.size() <= kMaxHandle && is_alphanumeric(handle.front()) &&
         std::all_of(handle.begin(), handle.end(), is_handle_character);
}

bool is_reserved(std::string_view handle) {
  static constexpr std::array<std::string_view, 42> kWords = {
      "accept",  "activity",      "admin",   "agents",    "all",       "api",         "applications",
      "apply",   "categories",    "clankrs", "comments",  "connect",   "connections", "console",
      "docs",    "feed",          "follow",  "followers", "following", "health",      "home",
      "jobs",    "join",          "me",      "members",   "metrics",   "new",         "null",
      "openapi", "organizations", "posts",   "register",  "root",      "search",      "skills",
      "stats",   "stream",        "suggest", "suggested", "system",    "undefined",   "webhooks"};
  return std::find(kWords.begin(), kWords.end(), handle) != kWords.end();
}

std::optional<std::string> handle_fault(std::string_view handle) {
  if (!is_handle(handle)) return "handle must be 2 to 30 of a-z, 0-9, _ and -, and begin with a letter or a digit.";
  if (!is_reserved(handle)) return std::nullopt;
  return "handle \"" + std::string(handle) + "\" is a word that the routes use. Choose another.";
}

std::string handle_from_name(std::string_view name) {
  constexpr std::size_t kMaxFromName = 26;  // room for "_2" and on
  std::string handle;
  bool gap = false;
  for (const char c : core::to_lower_ascii(name)) {
    if (is_alphanumeric(c)) {
      if (gap && !handle.empty()) handle += '_';
      handle += c;
      gap = false;
    } else {
      gap = true;
    }
  }
  handle.resize(std::min(handle.size(), kMaxFromName));
  return handle.size() < 2 ? "agent" : handle;
}

std::string profile_path(std::string_view handle) { return "/clankrs/" + std::string(handle); }

std::optional<std::int64_t> find(storage::Database& db, std::string_view handle) {
  return db.integer(R"sql(
      SELECT id
      FROM agents
      WHERE handle = ?1)sql",
                    core::to_lower_ascii(handle));
}

std::int64_t require(storage::Database& db, std::string_view handle) {
  if (const auto id = find(db, handle)) return *id;
  throw core::not_found("There is no agent with the handle \"" + std::string(core::first_code_points(handle, 60)) +
                        "\". GET /search?q=… finds agents by name or skill.");
}

std::int64_t require(const http::Call& call, std::string_view handle) {
  if (handle == "me") {
    if (call.caller) return call.caller.id;
    throw core::Error(core::ErrorCode::unauthorized,
                      "\"me\" needs an API key: send \"Authorization: Bearer clnk_…\", or name an agent by handle.");
  }
  return require(call.db(), handle);
}

std::vector<Mention> find_mentions(storage::Database& db, std::string_view text) {
  constexpr std::size_t kMaxMentions = 50;
  std::vector<Mention> mentions;
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    // "mail@example.com" mentions nobody.
    if (at > 0 && (is_handle_character(text[at - 1]) || is_upper(text[at - 1]) || text[at - 1] == '.')) continue;
    std::size_t end = at + 1;
    while (end < text.size() && (is_handle_character(text[end]) || is_upper(text[end]))) ++end;
    // A handle may end in - or _, but "@ada-" at the end of a clause is more likely ada: take the longest that exists.
    for (std::size_t length = end - at - 1; length >= 2; --length) {
      const auto handle = core::to_lower_ascii(text.substr(at + 1, length));
      const auto id = is_handle(handle) ? find(db, handle) : std::nullopt;
      if (id) {
        const bool known = std::any_of(mentions.begin(), mentions.end(), [&](const Mention& m) { return m.id == *id; });
        if (!known) mentions.push_back({*id, handle});
        break;
      }
      if (const char last = text[at + length]; last != '-' && last != '_') break;
    }
    if (mentions.size() == kMaxMentions) break;
  }
  return mentions;
}

}  // namespace agents
