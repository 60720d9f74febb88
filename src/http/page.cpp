#include "http/page.h"

#include <algorithm>
#include <span>
#include <utility>

#include "core/crypto.h"

namespace http {
namespace {

constexpr std::size_t kCheckSize = 4;
constexpr std::int64_t kMaxLimit = 100;
constexpr std::int64_t kMaxOffset = 10'000;

// Binds the numbers to the list, and tells an altered cursor from a whole one. Not meant to withstand a forger, who
// would gain nothing: whoever may read the list may read it from any row.
std::string check_of(std::string_view list, std::string_view numbers) {
  std::string message(list);
  message.push_back('\0');
  message.append(numbers);
  const std::uint32_t sum = core::crc32(message);
  std::string check;
  for (unsigned shift = 0; shift < 32; shift += 8) check.push_back(static_cast<char>(sum >> shift & 0xFF));
  return check;
}

// Zigzag: small numbers of either sign are short. Base 128, the lowest seven bits first.
void append_number(std::string& out, std::int64_t number) {
  auto bits = static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63);
  for (; bits >= 0x80; bits >>= 7) out.push_back(static_cast<char>(bits | 0x80));
  out.push_back(static_cast<char>(bits));
}

std::optional<std::int64_t> take_number(std::string_view& text) {
  std::uint64_t bits = 0;
  for (unsigned shift = 0; shift < 64 && !text.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(text.front());
    text.remove_prefix(1);
    bits |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return static_cast<std::int64_t>(bits >> 1 ^ (0 - (bits & 1)));
  }
  return std::nullopt;
}

// The two things all pages take; `cursor` stays empty where there is none.
struct Asked {
  int limit;
  std::int64_t offset;
  std::string cursor;
};

Asked read_common(Query& query, int limit) {
  Asked asked{limit, 0, {}};
  asked.limit = static_cast<int>(query.integer("limit", 1, kMaxLimit).value_or(limit));
  const auto offset = query.integer("offset", 0, kMaxOffset);
  asked.offset = offset.value_or(0);
  asked.cursor = query.text("cursor", {.min = 0, .max = SIZE_MAX, .multiline = false}).value_or("");
  if (offset && !asked.cursor.empty()) {
    query.fault("cursor", "cursor and offset exclude each other: send cursor alone to go on from a page.");
    query.fault("offset", "offset and cursor exclude each other: send offset alone to count from the start.");
  }
  return asked;
}

void fault_cursor(Query& query) {
  query.fault(
      "cursor",
      "cursor is not one that this list gave with these filters: send next_cursor of its last answer unchanged, "
      "or leave cursor out to start anew.");
}

}  // namespace

std::string encode_cursor(std::string_view list, const std::vector<std::int64_t>& key) {
  std::string numbers;
  for (const std::int64_t number : key) append_number(numbers, number);
  return core::to_base64url(core::bytes_of(check_of(list, numbers) + numbers));
}

std::optional<std::vector<std::int64_t>> decode_cursor(std::string_view list, std::string_view text) {
  const auto bytes = core::from_base64url(text);
  if (!bytes || bytes->size() < kCheckSize) return std::nullopt;
  std::string_view numbers = std::string_view(*bytes).substr(kCheckSize);
  if (!bytes->starts_with(check_of(list, numbers))) return std::nullopt;
  std::vector<std::int64_t> key;
  while (!numbers.empty()) {
    const auto number = take_number(numbers);
    if (!number) return std::nullopt;
    key.push_back(*number);
  }
  return key;
}

Page Page::read(Query& query, std::string list, std::size_t keys) {
  Page page;
  const Asked asked = read_common(query, page.limit);
  page.limit = asked.limit;
  page.offset = asked.offset;
  page.list = std::move(list);
  if (asked.cursor.empty()) return page;
  auto key = decode_cursor(page.list, asked.cursor);
  if (key && !key->empty() && (keys == 0 || key->size() == keys)) {
    page.after = std::move(*key);
  } else {
    fault_cursor(query);
  }
  return page;
}

void Page::write_next(core::JsonWriter& json, bool more, const std::vector<std::int64_t>& last) const {
  json.key("next_cursor");
  if (more) {
    json.value(encode_cursor(list, last));
  } else {
    json.null();
  }
}

RankedPage RankedPage::read(Query& query, std::string list) {
  RankedPage page;
  const Asked asked = read_common(query, page.limit_);
  page.limit_ = asked.limit;
  page.to_skip_ = asked.offset;
  page.list_ = std::move(list);
  if (asked.cursor.empty()) return page;
  const auto numbers = decode_cursor(page.list_, asked.cursor);
  if (!numbers || !page.resume(*numbers)) fault_cursor(query);
  return page;
}

// The key of the last item, then the distances between the ids shown, if they are carried.
bool RankedPage::resume(std::span<const std::int64_t> numbers) {
  if (numbers.size() < 2) return false;
  last_ = {numbers[0], numbers[1]};
  std::int64_t id = 0;
  for (const std::int64_t distance : numbers.subspan(2)) {
    if (distance <= 0 || distance > INT64_MAX - id) return false;
    id += distance;
    shown_.push_back(id);
  }
  carries_ids_ = !shown_.empty();
  if (!carries_ids_) start_ = last_;
  return true;
}

bool RankedPage::shown(std::int64_t id) const { return std::binary_search(shown_.begin(), shown_.end(), id); }

bool RankedPage::wants(std::int64_t rank, std::int64_t id) {
  if (full_ || shown(id)) return false;
  if (taken_ == limit_) {
    full_ = true;
    return false;
  }
  last_ = {rank, id};
  if (carries_ids_) new_.push_back(id);
  if (to_skip_ > 0) {
    --to_skip_;
    return false;
  }
  ++taken_;
  return true;
}

std::int64_t RankedPage::fetch() const { return static_cast<std::int64_t>(shown_.size()) + to_skip_ + limit_ + 1; }

void RankedPage::write_next(core::JsonWriter& json) const {
  json.key("next_cursor");
  if (!full_) {
    json.null();
    return;
  }
  std::vector<std::int64_t> numbers = {last_.rank, last_.id};
  if (carries_ids_ && shown_.size() + new_.size() <= kMaxIds) {
    std::vector<std::int64_t> ids = shown_;
    ids.insert(ids.end(), new_.begin(), new_.end());
    std::sort(ids.begin(), ids.end());
    std::int64_t before = 0;
    for (const std::int64_t id : ids) numbers.push_back(id - std::exchange(before, id));
    std::string cursor = encode_cursor(list_, numbers);
    if (cursor.size() <= kMaxCursor) {
      json.value(cursor);
      return;
    }
    numbers.resize(2);
  }
  json.value(encode_cursor(list_, numbers));
}

}  // namespace http
