#include "http/body.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/text.h"
#include "http/nesting.h"

namespace http {

using nlohmann::json;

class JsonDocument {
 public:
  json value;
};

namespace {

std::shared_ptr<const JsonDocument> parse(std::string_view body, std::string_view what = "The request body") {
  if (is_nested_too_deep(body)) {
    throw core::bad_request(std::string(what) + " is nested more than " + std::to_string(kMaxNesting) +
                            " levels deep. Send a flatter JSON document.");
  }
  // The parser takes a NUL for the end of its input.
  const auto nul = body.find('\0');
  if (nul != std::string_view::npos) {
    throw core::bad_request(std::string(what) + " is not valid JSON (a NUL at byte " + std::to_string(nul + 1) +
                            "). Send one JSON object in UTF-8.");
  }
  auto document = std::make_shared<JsonDocument>();
  try {
    document->value = json::parse(body);
  } catch (const json::parse_error& error) {
    throw core::bad_request(std::string(what) + " is not valid JSON (at byte " + std::to_string(error.byte) +
                            "). Send one JSON object in UTF-8, for example {\"content\": \"Hello\"}.");
  } catch (const json::exception&) {
    throw core::bad_request(std::string(what) +
                            " holds a number that is out of range. Send numbers that fit a double.");
  }
  return document;
}

std::string number_text(double number) {
  if (number == std::floor(number) && std::abs(number) < 1e15) return std::to_string(static_cast<std::int64_t>(number));
  return json(number).dump();
}

// "10 to 200 characters", "at most 200 characters"
std::string length_text(const TextRule& rule) {
  if (rule.min > 0) return std::to_string(rule.min) + " to " + std::to_string(rule.max) + " characters";
  return "at most " + std::to_string(rule.max) + " characters";
}

}  // namespace

std::shared_ptr<const JsonDocument> parse_json_value(std::string_view body) { return parse(body); }

std::shared_ptr<const JsonDocument> parse_json(std::string_view body, std::string_view what) {
  if (core::is_blank(body)) {
    auto document = std::make_shared<JsonDocument>();
    document->value = json::object();
    return document;
  }
  auto document = parse(body, what);
  if (!document->value.is_object()) {
    throw core::bad_request(std::string(what) + " must be one JSON object, like {\"name\": \"…\"}, but it is " +
                            (document->value.is_array() ? "a list." : "a single value."));
  }
  return document;
}

std::optional<std::string> check_text(std::string_view text, const TextRule& rule, std::string& out) {
  if (!core::is_utf8(text)) return "must be valid UTF-8.";
  const auto trimmed = core::trim(text);
  if (core::has_control(trimmed, rule.multiline)) {
    return rule.multiline ? "must not hold control characters other than newline and tab."
                          : "must be one line without control characters.";
  }
  const auto length = core::count_code_points(trimmed);
  if (length == 0 && rule.min > 0) return "must not be empty: send " + length_text(rule) + ".";
  if (length < rule.min || length > rule.max) {
    return "must have " + length_text(rule) + "; it has " + std::to_string(length) + ".";
  }
  out.assign(trimmed);
  return std::nullopt;
}

struct Body::State {
  std::shared_ptr<const JsonDocument> document;
  const json* object = nullptr;                                        // inside document
  std::string prefix;                                                  // "experience[2]." for a child
  std::vector<std::pair<std::string_view, std::string_view>> aliases;  // name, other
  std::vector<core::FieldFault> faults;

  // Null where the field is missing.
  const json* find(std::string_view name) const {
    if (const auto it = object->find(name); it != object->end()) return &*it;
    for (const auto& [field, other] : aliases) {
      if (field != name) continue;
      if (const auto it = object->find(other); it != object->end()) return &*it;
    }
    return nullptr;
  }

  // Null where it is missing or null.
  const json* present(std::string_view name) const {
    const json* value = find(name);
    return value != nullptr && !value->is_null() ? value : nullptr;
  }

  void fault(std::string_view field, std::string detail) {
    faults.push_back({prefix + std::string(field), std::move(detail)});
  }

  // A fault's sentence starts with its field, so that it can be read alone.
  void fault_about(std::string_view field, std::string_view rest) {
    std::string sentence = prefix + std::string(field);
    sentence.append(" ").append(rest);
    fault(field, std::move(sentence));
  }

  std::string read_text(std::string_view field, const json& value, const TextRule& rule) {
    std::string text;
    if (!value.is_string()) {
      fault_about(field, std::string("must be a string, but it is ") + kind_of(value) + ".");
    } else if (auto wrong = check_text(value.get_ref<const std::string&>(), rule, text)) {
      fault_about(field, *wrong);
    }
    return text;
  }

  std::vector<std::string> read_texts(std::string_view name, const json& value, const ListRule& rule) {
    std::vector<std::string> texts;
    if (!value.is_array()) {
      fault_about(name, std::string("must be a list of strings, but it is ") + kind_of(value) + ".");
      return texts;
    }
    if (value.size() < rule.min || value.size() > rule.max) {
      const std::string range = rule.min > 0 ? std::to_string(rule.min) + " to " + std::to_string(rule.max)
                                             : "at most " + std::to_string(rule.max);
      fault_about(name, "must have " + range + " entries; it has " + std::to_string(value.size()) + ".");
      if (value.size() > rule.max) return texts;
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
      texts.push_back(read_text(std::string(name) + "[" + std::to_string(i) + "]", value[i], rule.item));
    }
    return texts;
  }

  std::optional<std::string> read_choice(std::string_view name, const json& value,
                                         std::span<const std::string_view> allowed) {
    if (value.is_string()) {
      const auto& text = value.get_ref<const std::string&>();
      if (std::find(allowed.begin(), allowed.end(), text) != allowed.end()) return text;
    }
    fault_about(name, "must be one of " + core::any_of(allowed) + ".");
    return std::nullopt;
  }

  void missing(std::string_view name, std::string_view what) {
    fault_about(name, "is required: send " + std::string(what) + ".");
  }

  static const char* kind_of(const json& value) {
    switch (value.type()) {
      case json::value_t::null: return "null";
      case json::value_t::object: return "an object";
      case json::value_t::array: return "a list";
      case json::value_t::string: return "a string";
      case json::value_t::boolean: return "true or false";
      default: return "a number";
    }
  }
};

Body::Body(const Request& request) : Body(request.json ? request.json : parse_json({})) {}
Body::Body(std::shared_ptr<const JsonDocument> document) : state_(std::make_unique<State>()) {
  state_->document = std::move(document);
  state_->object = &state_->document->value;
}
Body::Body(std::unique_ptr<State> state) : state_(std::move(state)) {}
Body::~Body() = default;
Body::Body(Body&&) noexcept = default;

Body& Body::alias(std::string_view other, std::string_view name) {
  state_->aliases.emplace_back(name, other);
  return *this;
}

bool Body::has(std::string_view name) const { return state_->find(name) != nullptr; }

bool Body::is_null(std::string_view name) const {
  const json* value = state_->find(name);
  return value != nullptr && value->is_null();
}

std::string Body::text(std::string_view name, TextRule rule) {
  const json* value = state_->present(name);
  if (value == nullptr) {
    state_->missing(name, "a string of " + length_text(rule));
    return {};
  }
  return state_->read_text(name, *value, rule);
}

std::vector<std::string> Body::texts(std::string_view name, ListRule rule) {
  const json* value = state_->present(name);
  if (value == nullptr) {
    state_->missing(name, "a list of " + std::to_string(rule.min) + " to " + std::to_string(rule.max) + " strings");
    return {};
  }
  return state_->read_texts(name, *value, rule);
}

std::string Body::required_choice(std::string_view name, std::span<const std::string_view> allowed) {
  const json* value = state_->present(name);
  if (value == nullptr) {
    state_->missing(name, "one of " + core::any_of(allowed));
    return {};
  }
  return state_->read_choice(name, *value, allowed).value_or("");
}

std::optional<std::string> Body::maybe_text(std::string_view name, TextRule rule) {
  const json* value = state_->present(name);
  if (value == nullptr) return std::nullopt;
  return state_->read_text(name, *value, rule);
}

std::optional<std::vector<std::string>> Body::maybe_texts(std::string_view name, ListRule rule) {
  const json* value = state_->present(name);
  if (value == nullptr) return std::nullopt;
  return state_->read_texts(name, *value, rule);
}

std::optional<std::string> Body::choice(std::string_view name, std::span<const std::string_view> allowed) {
  const json* value = state_->present(name);
  if (value == nullptr) return std::nullopt;
  return state_->read_choice(name, *value, allowed);
}

std::optional<std::int64_t> Body::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const json* value = state_->present(name);
  if (value == nullptr) return std::nullopt;
  const bool fits =
      value->is_number_integer() &&
      (!value->is_number_unsigned() || value->get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX));
  if (fits) {
    const auto number = value->get<std::int64_t>();
    if (number >= min && number <= max) return number;
  }
  state_->fault_about(name, "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max) + ".");
  return std::nullopt;
}

std::optional<double> Body::number(std::string_view name, double min, double max) {
  const json* value = state_->present(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) {
    const auto number = value->get<double>();
    if (number >= min && number <= max) return number;
  }
  state_->fault_about(name, "must be a number from " + number_text(min) + " to " + number_text(max) + ".");
  return std::nullopt;
}

std::optional<bool> Body::boolean(std::string_view name) {
  const json* value = state_->present(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  state_->fault_about(name, "must be true or false.");
  return std::nullopt;
}

std::optional<std::string> Body::url(std::string_view name, std::size_t max) {
  const json* value = state_->present(name);
  if (value == nullptr) return std::nullopt;
  const auto before = state_->faults.size();
  auto text = state_->read_text(name, *value, {.min = 1, .max = max, .multiline = false});
  if (state_->faults.size() == before && !core::is_http_url(text)) {
    state_->fault_about(name, "must be an absolute http or https URL, for example https://example.com/me.png.");
  }
  return text;
}

std::optional<std::string> Body::label(std::string_view name, std::size_t max) {
  const json* value = state_->present(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_number_integer()) return value->dump();
  return state_->read_text(name, *value, {.min = 1, .max = max, .multiline = false});
}

void Body::refuse_null(std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (is_null(name)) state_->fault_about(name, "cannot be cleared: send a value, or leave it out.");
  }
}

std::optional<std::string> Body::cleared_by_null(std::string_view name, std::optional<std::string> value) const {
  return is_null(name) ? std::optional<std::string>("") : std::move(value);
}

std::optional<std::vector<Body>> Body::objects(std::string_view name, std::size_t max) {
  const json* value = state_->present(name);
  if (value == nullptr) return std::nullopt;
  std::vector<Body> bodies;
  if (!value->is_array()) {
    state_->fault_about(name, std::string("must be a list of objects, but it is ") + State::kind_of(*value) + ".");
    return bodies;
  }
  if (value->size() > max) {
    state_->fault_about(
        name, "must have at most " + std::to_string(max) + " entries; it has " + std::to_string(value->size()) + ".");
    return bodies;
  }
  for (std::size_t i = 0; i < value->size(); ++i) {
    const std::string field = std::string(name) + "[" + std::to_string(i) + "]";
    if (!(*value)[i].is_object()) {
      state_->fault_about(field, std::string("must be an object, but it is ") + State::kind_of((*value)[i]) + ".");
      continue;
    }
    auto child = std::make_unique<State>();
    child->document = state_->document;
    child->object = &(*value)[i];
    child->prefix = state_->prefix + field + ".";
    bodies.push_back(Body(std::move(child)));
  }
  return bodies;
}

std::optional<Body> Body::object(std::string_view name) {
  const json* value = state_->present(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_object()) {
    state_->fault_about(name, std::string("must be an object, but it is ") + State::kind_of(*value) + ".");
    return std::nullopt;
  }
  auto child = std::make_unique<State>();
  child->document = state_->document;
  child->object = value;
  child->prefix = state_->prefix + std::string(name) + ".";
  return Body(std::move(child));
}

bool Body::is_object(std::string_view name) const {
  const json* value = state_->present(name);
  return value != nullptr && value->is_object();
}

void Body::take_faults(Body& child) {
  auto& from = child.state_->faults;
  state_->faults.insert(state_->faults.end(), from.begin(), from.end());
  from.clear();
}

void Body::fault(std::string_view field, std::string detail) { state_->fault(field, std::move(detail)); }

bool Body::ok() const { return state_->faults.empty(); }

void Body::check() const {
  if (!state_->faults.empty()) throw core::bad_fields(state_->faults);
}

const std::shared_ptr<const JsonDocument>& Body::document() const { return state_->document; }

std::string Body::dump() const { return state_->object->dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace http
