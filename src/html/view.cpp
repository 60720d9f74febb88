#include "html/view.h"

#include <charconv>
#include <new>

namespace html {

struct View::Members {
  Member* first;
  Member* last;
  std::size_t count;
};

View& View::operator=(std::string_view text) { return become(Kind::text, {.text = arena_->copy(text)}, text.size()); }

double View::decimal() const {
  if (is_integer()) return static_cast<double>(value_.integer);
  double number = 0;
  if (kind_ == Kind::decimal) std::from_chars(value_.text, value_.text + size_, number);
  return number;
}

View::Member* View::first() const {
  const bool has_members = (is_list() || is_object()) && value_.members != nullptr;
  return has_members ? value_.members->first : nullptr;
}

std::size_t View::size() const { return first() == nullptr ? 0 : value_.members->count; }

View& View::append(std::string_view name) {
  auto* const member = new (arena_->allocate<Member>()) Member{name, View(*arena_), nullptr};
  if (value_.members == nullptr) {
    value_.members = new (arena_->allocate<Members>()) Members{member, member, 1};
  } else {
    value_.members->last->next = member;
    value_.members->last = member;
    ++value_.members->count;
  }
  return member->value;
}

const View* View::find(std::string_view name) const {
  if (!is_object()) return nullptr;
  for (const Member* member = first(); member != nullptr; member = member->next) {
    if (member->name == name) return &member->value;
  }
  return nullptr;
}

View& View::operator[](std::string_view name) {
  if (const View* const found = find(name)) return const_cast<View&>(*found);
  if (!is_object()) make_object();
  return append(name);
}

View View::operator[](std::string_view name) const {
  const View* const found = find(name);
  return found == nullptr ? View(*arena_) : *found;
}

View& View::add() {
  if (!is_list()) make_list();
  return append({});
}

const char* Arena::copy(std::string_view text) {
  if (text.empty()) return "";
  auto* const copy = static_cast<char*>(memory_.allocate(text.size(), 1));
  text.copy(copy, text.size());
  return copy;
}

}  // namespace html
