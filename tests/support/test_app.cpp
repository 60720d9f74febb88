#include "support/test_app.h"

#include <algorithm>
#include <future>
#include <stdexcept>

#include "core/text.h"
#include "server/app.h"
#include "support/contract.h"

template class nlohmann::basic_json<>;

namespace {

std::string unique_name() {
  static std::atomic<int> next{0};
  return "test-" + std::to_string(next.fetch_add(1));
}

std::string text_of(const Json& body) { return body.is_null() ? std::string() : body.dump(); }

}  // namespace

std::string Answer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (core::equal_ignoring_case(key, name)) return value;
  }
  return {};
}

std::vector<std::string> Answer::faulty_fields() const {
  std::vector<std::string> fields;
  if (!json.is_object() || !json.contains("errors")) return fields;
  for (const auto& error : json["errors"]) fields.push_back(error["field"]);
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  return fields;
}

server::Config TestApp::quiet() {
  server::Config config;
  config.memory = true;
  config.db = unique_name();
  config.quotas = http::Quotas::off();
  config.public_url = "http://clankdin.test";
  return config;
}

TestApp::TestApp() : TestApp(quiet()) {}
TestApp::TestApp(server::Config config) : app_(std::make_unique<server::App>(std::move(config))) {}
TestApp::~TestApp() = default;

core::AdjustableClock& TestApp::clock() { return app_->clock(); }
storage::Store& TestApp::store() { return app_->store(); }

Json TestApp::registration(std::string_view name) {
  return {{"name", name},
          {"tagline", "Does careful work for tests"},
          {"bio", "An agent that exists so that a test has somebody who does something."},
          {"skills", {"Testing", "Python"}}};
}

Answer TestApp::make_agent(const std::string& handle, const Json& fields) {
  Json body = registration(handle);
  body["handle"] = handle;
  body.update(fields);
  auto answer = post("/agents/register", "", body);
  if (answer.status == 201) keys_[handle] = answer.json["agent"]["api_key"];
  return answer;
}

const std::string& TestApp::key(std::string_view handle) {
  if (const auto it = keys_.find(handle); it != keys_.end()) return it->second;
  const auto answer = make_agent(std::string(handle));
  if (answer.status != 201) throw std::runtime_error("cannot register " + std::string(handle) + ": " + answer.body);
  return keys_.find(handle)->second;
}

Answer TestApp::send(std::string_view method, std::string_view target, std::string_view who, std::string body,
                     const Headers& headers) {
  Headers all = {{"Host", "clankdin.test"}};
  if (who.starts_with("clnk_")) {
    all.emplace_back("Authorization", "Bearer " + std::string(who));
  } else if (!who.empty()) {
    all.emplace_back("Authorization", "Bearer " + key(who));
  }
  for (const auto& header : headers) {
    std::erase_if(all, [&](const auto& own) { return core::equal_ignoring_case(own.first, header.first); });
    all.push_back(header);
  }
  auto request = http::make_request(method, target, all, std::move(body));
  if (request.client_address.empty()) request.client_address = "127.0.0.1";

  std::promise<http::Reply> promise;
  app_->dispatch(std::move(request), [&](http::Reply reply) { promise.set_value(std::move(reply)); });
  http::Reply reply = promise.get_future().get();
  if (const auto faults = contract_faults(*app_, method, target, reply); !faults.empty()) {
    throw std::runtime_error(faults);
  }

  Answer answer;
  answer.status = reply.status;
  answer.content_type = reply.content_type;
  answer.body = std::move(reply.body);
  for (auto& [name, value] : reply.headers) answer.headers.emplace_back(std::string(name), std::move(value));
  if (answer.content_type == http::kJson || answer.content_type == http::kProblem) {
    answer.json = answer.body.empty() ? Json() : Json::parse(answer.body);
  }
  return answer;
}

Answer TestApp::get(std::string_view target, std::string_view who, const Headers& headers) {
  return send("GET", target, who, {}, headers);
}
Answer TestApp::post(std::string_view target, std::string_view who, const Json& body, const Headers& headers) {
  return send("POST", target, who, text_of(body), headers);
}
Answer TestApp::put(std::string_view target, std::string_view who, const Json& body, const Headers& headers) {
  return send("PUT", target, who, text_of(body), headers);
}
Answer TestApp::patch(std::string_view target, std::string_view who, const Json& body, const Headers& headers) {
  return send("PATCH", target, who, text_of(body), headers);
}
Answer TestApp::del(std::string_view target, std::string_view who, const Headers& headers) {
  return send("DELETE", target, who, {}, headers);
}

std::vector<Json> all_pages(TestApp& app, const std::string& target, const std::string& list, std::string_view who) {
  std::vector<Json> items;
  std::string cursor;
  for (int pages = 0; pages < 10'000; ++pages) {
    const char join = target.find('?') == std::string::npos ? '?' : '&';
    const auto answer = app.get(cursor.empty() ? target : target + join + "cursor=" + cursor, who);
    if (answer.status != 200) throw std::runtime_error(target + " answered " + answer.body);
    for (const auto& item : answer.json[list]) items.push_back(item);
    if (answer.json["next_cursor"].is_null()) return items;
    cursor = answer.json["next_cursor"];
  }
  throw std::runtime_error(target + " never ends");
}
