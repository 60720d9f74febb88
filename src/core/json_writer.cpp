#include "core/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "core/text.h"

namespace core {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::size_t kShort = 128;

// True for what stands in a JSON string as it is and is a character by itself.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

constexpr std::uint64_t every_byte(std::uint8_t byte) { return 0x0101010101010101ULL * byte; }

// The high bit of each byte of `word` that is zero; bytes above a zero byte may be marked too, which is harmless here.
constexpr std::uint64_t zero_bytes(std::uint64_t word) { return (word - every_byte(0x01)) & ~word & every_byte(0x80); }

// Length of the run of plain bytes at the beginning, at least; eight at a time while all eight are plain.
std::size_t plain_prefix(const char* text, std::size_t size) {
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text + at, sizeof word);
    const std::uint64_t special = (word & every_byte(0x80)) | ((word - every_byte(0x20)) & ~word & every_byte(0x80)) |
                                  zero_bytes(word ^ every_byte('"')) | zero_bytes(word ^ every_byte('\\'));
    if (special != 0) break;
  }
  while (at < size && kPlain[static_cast<std::uint8_t>(text[at])]) ++at;
  return at;
}

bool is_short_and_plain(std::string_view text) {
  return text.size() <= kShort && plain_prefix(text.data(), text.size()) == text.size();
}

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out.append("\\\"");
      return;
    case '\\':
      out.append("\\\\");
      return;
    case '\b':
      out.append("\\b");
      return;
    case '\f':
      out.append("\\f");
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    default:
      break;
  }
  constexpr char kHexDigits[] = "0123456789abcdef";
  const auto byte = static_cast<std::uint8_t>(c);
  const char escape[] = {'\\', 'u', '0', '0', kHexDigits[byte >> 4], kHexDigits[byte & 0x0F]};
  out.append(escape, sizeof escape);
}

template <class Number>
void append_number(std::string& out, Number number) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  out.append(text, static_cast<std::size_t>(end - text));
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  // Most strings are short and plain, and growing `out` once costs less than thrice.
  if (std::array<char, kShort + 2> quoted; is_short_and_plain(text)) {
    quoted[0] = quoted[text.size() + 1] = '"';
    text.copy(quoted.data() + 1, text.size());
    out.append(quoted.data(), text.size() + 2);
    return;
  }
  out.push_back('"');
  std::size_t start = 0;  // of what is not copied yet
  std::size_t at = 0;
  while (true) {
    at += plain_prefix(text.data() + at, text.size() - at);
    if (at == text.size()) break;
    const char c = text[at];
    if (static_cast<std::uint8_t>(c) >= 0x80) {
      const Utf8Sequence sequence = utf8_sequence(text.substr(at));
      if (sequence.valid) {
        at += sequence.length;
        continue;
      }
      out.append(text, start, at - start);
      out.append(kReplacement);
      at += sequence.length;
    } else {
      out.append(text, start, at - start);
      append_escape(out, c);
      ++at;
    }
    start = at;
  }
  out.append(text, start, at - start);
  out.push_back('"');
}

std::string json_array(std::span<const std::string> texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out.push_back(',');
    append_json_string(out, text);
  }
  out.push_back(']');
  return out;
}

void JsonWriter::before_value() {
  if (comma_) out_.push_back(',');
  comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
  before_value();
  out_.push_back('{');
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  out_.push_back('}');
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  before_value();
  out_.push_back('[');
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  out_.push_back(']');
  comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  // Names are short, and plain nearly always: one piece with all that goes around them.
  if (std::array<char, kShort + 4> piece; is_short_and_plain(name)) {
    char* end = piece.data();
    if (comma_) *end++ = ',';
    *end++ = '"';
    end += name.copy(end, name.size());
    *end++ = '"';
    *end++ = ':';
    out_.append(piece.data(), static_cast<std::size_t>(end - piece.data()));
  } else {
    before_value();
    append_json_string(out_, name);
    out_.push_back(':');
  }
  comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  before_value();
  append_json_string(out_, text);
  return *this;
}

JsonWriter& JsonWriter::value(bool flag) { return raw(flag ? "true" : "false"); }

JsonWriter& JsonWriter::value(std::int64_t number) {
  before_value();
  append_number(out_, number);
  return *this;
}

JsonWriter& JsonWriter::value(std::uint64_t number) {
  before_value();
  append_number(out_, number);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  before_value();
  append_number(out_, number);
  return *this;
}

JsonWriter& JsonWriter::value(const Uuid& id) {
  before_value();
  out_.push_back('"');
  id.append_to(out_);
  out_.push_back('"');
  return *this;
}

JsonWriter& JsonWriter::null() { return raw("null"); }

JsonWriter& JsonWriter::time(Time time) {
  before_value();
  out_.push_back('"');
  append_time(out_, time);
  out_.push_back('"');
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  before_value();
  out_.append(json);
  return *this;
}

}  // namespace core
