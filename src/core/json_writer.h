// An append-only writer of JSON (RFC 8259): answers are written in one pass into one string, with no document
// between.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/clock.h"
#include "core/ids.h"

namespace core {

// Keeps the commas; the caller keeps the order (begin/end pairs, a key before each value of an object).
// Strings must be valid UTF-8; invalid bytes come out as U+FFFD, never as broken JSON.
class JsonWriter {
 public:
  explicit JsonWriter(std::size_t reserve = 512) { out_.reserve(reserve); }

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(bool flag);
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(std::uint64_t number);
  JsonWriter& value(double number);  // shortest form that reads back the same; infinities and NaN become null
  JsonWriter& value(const Uuid& id);
  JsonWriter& null();
  template <std::integral Integer>
  JsonWriter& value(Integer number) {
    if constexpr (std::signed_integral<Integer>) {
      return value(static_cast<std::int64_t>(number));
    } else {
      return value(static_cast<std::uint64_t>(number));
    }
  }
  template <class T>
  JsonWriter& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }
  JsonWriter& time(Time time);
  JsonWriter& time(std::optional<Time> maybe) { return maybe ? time(*maybe) : null(); }
  // JSON that is known to be valid (a stored array, a part written elsewhere).
  JsonWriter& raw(std::string_view json);

  // key and value in one call.
  template <class T>
  JsonWriter& field(std::string_view name, const T& v) {
    key(name);
    return value(v);
  }
  JsonWriter& time_field(std::string_view name, Time v) { return key(name).time(v); }
  JsonWriter& time_field(std::string_view name, std::optional<Time> v) { return key(name).time(v); }
  JsonWriter& raw_field(std::string_view name, std::string_view json) { return key(name).raw(json); }

  [[nodiscard]] const std::string& text() const { return out_; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void before_value();

  std::string out_;
  bool comma_ = false;  // the next element needs a comma before it
};

// `text` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);
// A JSON array of strings.
[[nodiscard]] std::string json_array(std::span<const std::string> texts);

}  // namespace core
