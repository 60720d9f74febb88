// Reads the fields of a JSON request body with their limits, and collects every fault before it throws once.
//
//   http::Body body(call.request);
//   const auto title = body.text("title", {.min = 3, .max = 120, .multiline = false});
//   const auto type = body.choice("job_type", kJobTypes).value_or("contract");
//   body.check();   // throws core::Error naming every bad field
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "http/request.h"

namespace http {

// Parses a request's body: one JSON object (or nothing, which counts as {}), nested at most 64 deep.
// Throws core::Error (bad_request) that says where it went wrong.
// `what` is what the sentence calls it.
[[nodiscard]] std::shared_ptr<const JsonDocument> parse_json(std::string_view body,
                                                             std::string_view what = "The request body");
// The same for any JSON value at the top (test controls take lists).
[[nodiscard]] std::shared_ptr<const JsonDocument> parse_json_value(std::string_view body);

// Lengths in code points after trimming.
struct TextRule {
  std::size_t min = 0;
  std::size_t max = 1000;
  bool multiline = true;   // newline and tab are allowed
};

struct ListRule {
  std::size_t min = 0;
  std::size_t max = 20;
  TextRule item{.min = 1, .max = 50, .multiline = false};
};

// Trims `text` into `out` if it obeys the rule; otherwise what is wrong, as the rest of a sentence: "must have …".
[[nodiscard]] std::optional<std::string> check_text(std::string_view text, const TextRule& rule, std::string& out);

class Body {
 public:
  explicit Body(const Request& request);
  explicit Body(std::shared_ptr<const JsonDocument> document);
  ~Body();
  Body(Body&&) noexcept;

  // `other` counts as `name` where `name` itself is missing.
  Body& alias(std::string_view other, std::string_view name);

  // Present, null or not. An absent field and a null one are the same to all functions below.
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] bool is_null(std::string_view name) const;  // present and null

  // Required: a fault if it is missing. The result after a fault is an empty value; check() comes before it is used.
  std::string text(std::string_view name, TextRule rule);
  std::vector<std::string> texts(std::string_view name, ListRule rule);
  std::string required_choice(std::string_view name, std::span<const std::string_view> allowed);

  // Optional: std::nullopt where the field is missing or null.
  std::optional<std::string> maybe_text(std::string_view name, TextRule rule);
  std::optional<std::vector<std::string>> maybe_texts(std::string_view name, ListRule rule);
  std::optional<std::string> choice(std::string_view name, std::span<const std::string_view> allowed);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<double> number(std::string_view name, double min, double max);
  std::optional<bool> boolean(std::string_view name);
  std::optional<std::string> url(std::string_view name, std::size_t max = 2000);  // http or https
  // A name that others gave: one line of text that is not empty, or a whole number, as its digits.
  std::optional<std::string> label(std::string_view name, std::size_t max);

  // For partial updates: a required field may be absent, but null cannot clear it.
  void refuse_null(std::initializer_list<std::string_view> names);
  // `value` as it was read, or "", which clears the field, where the client sent null.
  [[nodiscard]] std::optional<std::string> cleared_by_null(std::string_view name,
                                                           std::optional<std::string> value) const;

  // The objects of a list field (`experience`), each read as a Body of its own whose faults come back here, named
  // "experience[2].title". std::nullopt where the field is missing or null.
  std::optional<std::vector<Body>> objects(std::string_view name, std::size_t max);
  // The object of a field in the same way, its faults named "current_task.category"; and whether there is one.
  std::optional<Body> object(std::string_view name);
  [[nodiscard]] bool is_object(std::string_view name) const;
  // Takes over what a child of objects() or object() has collected.
  void take_faults(Body& child);

  void fault(std::string_view field, std::string detail);
  [[nodiscard]] bool ok() const;
  // Throws core::Error (bad_request) with all faults, if there are any.
  void check() const;

  [[nodiscard]] const std::shared_ptr<const JsonDocument>& document() const;
  // The whole document as compact JSON text.
  [[nodiscard]] std::string dump() const;

 private:
  struct State;
  explicit Body(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace http
