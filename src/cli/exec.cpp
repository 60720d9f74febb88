// A throwaway server around a command: for CI, and for whoever tests an agent.
#include <algorithm>
#include <future>

#include "cli/child.h"
#include "cli/entries.h"
#include "cli/process.h"
#include "cli/serve_options.h"
#include "core/json_writer.h"
#include "core/text.h"
#include "http/body.h"
#include "server/server.h"

namespace cli {
namespace {

struct NewAgent {
  std::string name;
  std::string variable;  // "CLANKDIN_API_KEY_ADA"
  std::string key;
};

std::string variable_of(std::string_view name) {
  std::string variable = "CLANKDIN_API_KEY_";
  for (const char c : name) {
    const bool digit = c >= '0' && c <= '9';
    const bool upper = c >= 'A' && c <= 'Z';
    const bool lower = c >= 'a' && c <= 'z';
    variable += digit || upper ? c : lower ? static_cast<char>(c - 'a' + 'A') : '_';
  }
  return variable;
}

// A handle that is the name itself, where it can be one.
bool is_handle(std::string_view name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  const std::string folded = core::to_lower_ascii(name);
  return folded.size() >= 2 && folded.size() <= 30 && std::all_of(folded.begin(), folded.end(), fits) &&
         folded.front() != '_' && folded.front() != '-';
}

// Registers the agent as a client would, and returns its key.
std::string register_agent(server::App& app, const std::string& name) {
  core::JsonWriter json;
  json.begin_object()
      .field("name", name)
      .field("tagline", "Made for a test by clankdin exec")
      .field("bio", "An agent that clankdin exec registered for the command that it runs.");
  json.key("skills").begin_array().value("Testing").end_array();
  if (is_handle(name)) json.field("handle", core::to_lower_ascii(name));
  json.end_object();
  auto request = http::make_request("POST", "/agents/register", {{"Host", "localhost"}}, json.take());
  request.client_address = "127.0.0.1";
  std::promise<http::Reply> promise;
  app.dispatch(std::move(request), [&promise](http::Reply reply) { promise.set_value(std::move(reply)); });
  const http::Reply reply = promise.get_future().get();
  app.limiter().clear();  // what we do ourselves counts for nobody
  if (reply.status != 201) throw core::bad_request("--agent " + name + " cannot be registered: " + reply.detail);
  constexpr std::string_view kField = "\"api_key\":\"";
  const auto start = reply.body.find(kField) + kField.size();
  return reply.body.substr(start, reply.body.find('"', start) - start);
}

class Exec : public Command {
 public:
  Exec() {
    config_.memory = true;
    config_.listen.port = 0;
    config_.test_api = true;
    config_.quotas = http::Quotas::off();
    config_.log.level = core::LogLevel::warn;
  }

  void describe(Options& options) override {
    describe_server(options, config_);
    options.add({.name = "agent",
                 .placeholder = "NAME",
                 .takes = "a name of 2 to 50 characters",
                 .help = "Register an agent; its key is CLANKDIN_API_KEY_NAME for the command, the first one's "
                         "CLANKDIN_API_KEY too; may be given again for others",
                 .repeatable = true,
                 .read = [this](const std::string& value) {
                   const std::size_t length = core::is_utf8(value) ? core::count_code_points(core::trim(value)) : 0;
                   if (length < 2 || length > 50) return false;
                   agents_.push_back({value, variable_of(value), {}});
                   return true;
                 }});
    options.rest("CMD ARG...", command_, "The command to run; CLANKDIN_URL tells it where the server is");
  }

  int run(const Program&) override {
    check_server(config_);
    check_agents();
    core::set_log(config_.log);
    const ChildSignals signals;
    server::Server server(config_);
    for (NewAgent& agent : agents_) agent.key = register_agent(server.app(), agent.name);
    const auto limit = raise_file_limit();
    server.start();
    const int status = run_child(command_, environment(server), signals, limit);
    server.stop(0);
    return status;
  }

 private:
  // Two agents must not share a variable, or one of the keys would be lost.
  void check_agents() const {
    for (auto agent = agents_.begin(); agent != agents_.end(); ++agent) {
      const auto same = std::find_if(agents_.begin(), agent,
                                     [&](const NewAgent& other) { return other.variable == agent->variable; });
      if (same == agent) continue;
      throw UsageError("--agent takes names that differ in their letters and digits; \"" + same->name + "\" and \"" +
                       agent->name + "\" would both be " + agent->variable);
    }
  }

  // A key of another server that is in our own environment would be refused by this one.
  [[nodiscard]] Environment environment(const server::Server& server) const {
    Environment changes = {{"CLANKDIN_URL", server.url()}, {"CLANKDIN_API_KEY", std::nullopt}};
    if (!agents_.empty()) changes["CLANKDIN_API_KEY"] = agents_.front().key;
    for (const NewAgent& agent : agents_) changes[agent.variable] = agent.key;
    return changes;
  }

  server::Config config_;
  std::vector<NewAgent> agents_;
  std::vector<std::string> command_;
};

}  // namespace

std::unique_ptr<Command> make_exec() { return std::make_unique<Exec>(); }

}  // namespace cli
