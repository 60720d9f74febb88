// The log: lines on standard error, text or JSON. Never an API key, a webhook secret or an Authorization header:
// callers log ids and handles, and `scrub` is applied to every value all the same.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace core {

enum class LogLevel { debug, info, warn, error, off };
enum class LogFormat { text, json };

struct LogOptions {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
};

// Set once at start, before other threads log.
void set_log(LogOptions options);
[[nodiscard]] bool logs(LogLevel level);

// From any thread; one write(2) a line. `fields` follow the message as name=value (text) or members (json).
void log(LogLevel level, std::string_view message,
         std::initializer_list<std::pair<std::string_view, std::string_view>> fields = {});

// `text` with whatever looks like a key or a secret (clnk_…, whsec_…, Bearer …) replaced by its prefix and "***".
[[nodiscard]] std::string scrub(std::string_view text);
// The same for keys and webhook secrets alone, in text that people wrote: "a basic idea" stays as it is.
[[nodiscard]] std::string scrub_keys(std::string_view text);

}  // namespace core
