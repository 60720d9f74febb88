#include "core/json_writer.h"
#include "testing/faults.h"

namespace testing {

using namespace http;

namespace {

constexpr std::size_t kMostRules = 100;

Reply show(const Faults& faults) {
  core::JsonWriter json;
  json.begin_object().key("faults").begin_array();
  for (const FaultRule& rule : faults.rules()) write(json, rule);
  json.end_array().end_object();
  return ok(json);
}

// A list of rules, or an object with the list as GET shows it.
Body read_list(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || text[first] != '[') return Body(parse_json(text));
  static_cast<void>(parse_json_value(text));  // says where it is wrong in the text as it was sent
  return Body(parse_json("{\"faults\":" + text + "}"));
}

Reply put_faults(Faults& faults, Call& call) {
  Body body = read_list(call.request.body);
  auto items = body.objects("faults", kMostRules);
  if (!items) {
    throw core::bad_field("faults", "Send a list of rules, like [{\"path\": \"/feed\", \"status\": 503}].");
  }
  std::vector<FaultRule> rules;
  for (Body& item : *items) {
    rules.push_back(read_fault_rule(item));
    body.take_faults(item);
  }
  body.check();
  faults.set(std::move(rules));
  return show(faults);
}

}  // namespace

Routes fault_routes(Faults& faults) {
  const auto get = [&faults](Call&) { return show(faults); };
  const auto put = [&faults](Call& call) { return put_faults(faults, call); };
  const auto clear = [&faults](Call&) {
    faults.clear();
    return no_content();
  };
  return {
      {GET, "/_test/faults", Access::local, Limit::free, Kind::plain, get, {"The faults and how often each struck"}},
      {PUT, "/_test/faults", Access::local, Limit::free, Kind::plain, put, {"Answer wrongly where a rule matches"}},
      {PATCH, "/_test/faults", Access::local, Limit::free, Kind::plain, put, {"Answer wrongly where a rule matches"}},
      {DELETE, "/_test/faults", Access::local, Limit::free, Kind::plain, clear, {"Answer rightly again"}},
  };
}

}  // namespace testing
