#include "core/log.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>

#include "core/clock.h"
#include "core/json_writer.h"
#include "core/text.h"

namespace core {
namespace {

LogOptions options;

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
    case LogLevel::off:
      break;
  }
  return "off";
}

bool is_secret_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("+/=-_.~%").find(c) != std::string_view::npos;
}

// What keys and secrets begin with, in lower case; "%5f" is an underscore in a URL. The last two are of headers alone.
constexpr std::array<std::string_view, 6> kSecretPrefixes = {"clnk_",    "clnk%5f", "whsec_",
                                                             "whsec%5f", "bearer ", "basic "};
constexpr std::size_t kKeyPrefixes = 4;

// The length of the one of the prefixes at the beginning of `text`; 0 where there is none.
std::size_t secret_prefix(std::string_view text, std::span<const std::string_view> prefixes) {
  for (const std::string_view prefix : prefixes) {
    if (!equal_ignoring_case(text.substr(0, prefix.size()), prefix)) continue;
    std::size_t length = prefix.size();
    while (prefix.ends_with(' ') && length < text.size() && text[length] == ' ') ++length;
    return length;
  }
  return 0;
}

bool starts_like_secret(char c) { return c == 'c' || c == 'C' || c == 'w' || c == 'W' || c == 'b' || c == 'B'; }

// `text` with what follows one of the prefixes replaced.
std::string mask(std::string_view text, std::span<const std::string_view> prefixes) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t prefix = starts_like_secret(text.front()) ? secret_prefix(text, prefixes) : 0;
    if (prefix == 0) {
      out.push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    out.append(text.substr(0, prefix));
    text.remove_prefix(prefix);
    std::size_t length = 0;
    while (length < text.size() && is_secret_character(text[length])) ++length;
    if (length > 0) out.append("***");
    text.remove_prefix(length);
  }
  return out;
}

// Text that would be misread between spaces stands in quotes; a line stays one line.
void append_text_value(std::string& out, std::string_view value) {
  const bool plain = !value.empty() && value.find_first_of(" \"=\\") == std::string_view::npos &&
                     !has_control(value, false) && is_utf8(value);
  if (plain) {
    out.append(value);
  } else {
    append_json_string(out, value);
  }
}

// A message is a sentence: spaces are fine, whatever breaks the line or the terminal is not.
void append_message(std::string& out, std::string_view message) {
  if (has_control(message, false) || !is_utf8(message)) {
    append_json_string(out, message);
  } else {
    out.append(message);
  }
}

void write_line(std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody reads the log; there is nowhere to say so
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void set_log(LogOptions new_options) { options = new_options; }

bool logs(LogLevel level) { return level >= options.level && level != LogLevel::off; }

void log(LogLevel level, std::string_view message,
         std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  if (!logs(level)) return;
  std::string line;
  const Time now = AdjustableClock::real_now();
  if (options.format == LogFormat::json) {
    JsonWriter json;
    json.begin_object().time_field("time", now).field("level", name_of(level)).field("message", scrub(message));
    for (const auto& [name, value] : fields) json.field(name, scrub(value));
    json.end_object();
    line = json.take();
  } else {
    append_time(line, now);
    line.append(" ").append(name_of(level)).append(" ");
    append_message(line, scrub(message));
    for (const auto& [name, value] : fields) {
      line.append(" ").append(name).append("=");
      append_text_value(line, scrub(value));
    }
  }
  line.push_back('\n');
  write_line(line);
}

std::string scrub(std::string_view text) { return mask(text, kSecretPrefixes); }

std::string scrub_keys(std::string_view text) { return mask(text, std::span(kSecretPrefixes).first<kKeyPrefixes>()); }

}  // namespace core
