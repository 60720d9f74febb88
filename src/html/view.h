// What a template shows: texts, numbers, truths, lists and objects, as JSON has them, in memory that a whole page gives
// back at once. General JSON documents, each name and value of which is allocated, sorted in and freed by itself, took
// more than half of a page's time.
//
//   html::Arena arena;
//   html::View view = arena.read(reply.body);
//   view["title"] = "Feed";
//   for (html::View& post : view["posts"]) post["path"] = "/feed/" + std::string(post["id"].text());
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <iterator>
#include <memory_resource>
#include <string>
#include <string_view>

namespace html {

class Arena;

// One value, good as long as its arena. Copies of a list or an object are other names for the same. One thread.
class View {
  struct Member;
  struct Members;

  template <class Value, class Node>
  class Iterator {
   public:
    using iterator_concept = std::forward_iterator_tag;
    using difference_type = std::ptrdiff_t;
    using value_type = View;

    Iterator() = default;
    explicit Iterator(Node* at) : at_(at) {}
    Value& operator*() const { return at_->value; }
    Value* operator->() const { return &at_->value; }
    Iterator& operator++() {
      at_ = at_->next;
      return *this;
    }
    Iterator operator++(int) {
      const auto before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator&) const = default;
    [[nodiscard]] std::string_view name() const { return at_->name; }

   private:
    Node* at_ = nullptr;
  };

 public:
  explicit View(Arena& arena) : arena_(&arena) {}  // null
  View(const View&) = default;
  // What is added to it afterwards lives where it was made.
  View& operator=(const View& other) { return become(other.kind_, other.value_, other.size_); }

  View& operator=(std::nullptr_t) { return become(Kind::null, {.integer = 0}); }
  View& operator=(std::same_as<bool> auto yes) { return become(yes ? Kind::yes : Kind::no, {.integer = 0}); }
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) View& operator=(Number number) {
    return become(Kind::integer, {.integer = static_cast<std::int64_t>(number)});
  }
  View& operator=(std::string_view text);  // a copy of it
  View& make_list() { return become(Kind::list, {.members = nullptr}); }
  View& make_object() { return become(Kind::object, {.members = nullptr}); }

  [[nodiscard]] bool is_null() const { return kind_ == Kind::null; }
  [[nodiscard]] bool is_bool() const { return kind_ == Kind::yes || kind_ == Kind::no; }
  [[nodiscard]] bool is_integer() const { return kind_ == Kind::integer; }
  [[nodiscard]] bool is_number() const { return kind_ == Kind::integer || kind_ == Kind::decimal; }
  [[nodiscard]] bool is_text() const { return kind_ == Kind::text; }
  [[nodiscard]] bool is_list() const { return kind_ == Kind::list; }
  [[nodiscard]] bool is_object() const { return kind_ == Kind::object; }

  // Each is nothing (false, 0, "") for a value of another kind.
  [[nodiscard]] bool truth() const { return kind_ == Kind::yes; }
  [[nodiscard]] std::int64_t integer() const { return is_integer() ? value_.integer : 0; }
  [[nodiscard]] double decimal() const;
  // A text, or a number that is not whole as it was written.
  [[nodiscard]] std::string_view text() const {
    return is_text() || kind_ == Kind::decimal ? std::string_view(value_.text, size_) : std::string_view();
  }

  // Of an object. Names are not copied: constants. A name that is not there is added as null, to what is null at first.
  // References to members stay good.
  View& operator[](std::string_view name);
  View operator[](std::string_view name) const;  // null where it is not there
  [[nodiscard]] const View* find(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const { return find(name) != nullptr; }

  // Of a list: null at the end of it, to be set. What is null becomes a list.
  View& add();

  // The items of a list, or the values of an object; none of any other.
  using iterator = Iterator<View, Member>;
  using const_iterator = Iterator<const View, const Member>;
  [[nodiscard]] iterator begin() { return iterator(first()); }
  [[nodiscard]] iterator end() { return iterator(); }
  [[nodiscard]] const_iterator begin() const { return const_iterator(first()); }
  [[nodiscard]] const_iterator end() const { return const_iterator(); }
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool empty() const { return first() == nullptr; }

 private:
  friend class Reader;
  enum class Kind : unsigned char { null, no, yes, integer, decimal, text, list, object };
  union Value {
    std::int64_t integer;
    const char* text;  // of size_ bytes
    Members* members;  // null: none yet
  };

  View& become(Kind kind, Value value, std::size_t size = 0) {
    kind_ = kind;
    value_ = value;
    size_ = size;
    return *this;
  }
  [[nodiscard]] Member* first() const;
  View& append(std::string_view name);

  Arena* arena_;
  Value value_{.integer = 0};
  std::size_t size_ = 0;
  Kind kind_ = Kind::null;
};

struct View::Member {
  std::string_view name;  // empty in a list
  View value;
  Member* next;
};

// Where views live. One thread.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // The value that `json` is. Throws std::invalid_argument for what is not JSON.
  [[nodiscard]] View read(std::string json);
  [[nodiscard]] View object() { return View(*this).make_object(); }

 private:
  friend class View;
  friend class Reader;

  template <class Part>
  [[nodiscard]] void* allocate() {
    return memory_.allocate(sizeof(Part), alignof(Part));
  }
  [[nodiscard]] const char* copy(std::string_view text);

  static constexpr std::size_t kFirst = 64 * 1024;
  std::pmr::monotonic_buffer_resource memory_{kFirst};
  std::forward_list<std::string> kept_;  // what views point into
};

}  // namespace html
