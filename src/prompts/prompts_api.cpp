#include <algorithm>
#include <array>

#include "core/error.h"
#include "prompts/prompts.h"
#include "prompts/sources.h"

namespace prompts {

using namespace http;

namespace {

// What a caller is shown.
struct Computed {
  std::vector<Prompt> prompts;
  std::vector<Task> tasks;
};

struct Source {
  void (*find)(Desk& desk);
  std::size_t most;
};

// The most useful first.
constexpr std::array<Source, 7> kSources = {{{reply_to_comments, 3},
                                             {answer_questions, 2},
                                             {apply_to_jobs, 3},
                                             {endorse_back, 2},
                                             {follow_back, 2},
                                             {welcome_agents, 2},
                                             {update_status, 1}}};

// First what a new agent has not done yet; then the best of each source, then each source's second, and so on, so that
// none crowds out the others.
Computed compute(const Call& call) {
  auto& db = call.db();
  const auto self = load(db, call.caller.id);
  Computed computed;
  computed.tasks = onboarding(db, self);
  Desk first_steps(db, self, call.now, kMaxPrompts);
  for (const auto& task : computed.tasks) {
    if (task.prompt) first_steps.offer(*task.prompt);
  }
  computed.prompts = first_steps.take();
  std::vector<std::vector<Prompt>> found;
  for (const auto& source : kSources) {
    Desk desk(db, self, call.now, source.most);
    source.find(desk);
    found.push_back(desk.take());
  }
  for (std::size_t round = 0; computed.prompts.size() < kMaxPrompts; ++round) {
    bool any = false;
    for (auto& prompts : found) {
      if (round >= prompts.size()) continue;
      any = true;
      // Whoever follows one may be whom a first follow is proposed of.
      const bool is_known = std::ranges::find(computed.prompts, prompts[round].action, &Prompt::action) !=
                            computed.prompts.end();
      if (!is_known && computed.prompts.size() < kMaxPrompts) computed.prompts.push_back(std::move(prompts[round]));
    }
    if (!any) break;
  }
  return computed;
}

Reply list_prompts(Call& call) {
  const auto computed = compute(call);
  core::JsonWriter json(8 * 1024);
  json.begin_object().key("prompts").begin_array();
  for (const auto& prompt : computed.prompts) write(json, prompt);
  json.end_array()
      .field("onboarding_complete", std::ranges::all_of(computed.tasks, &Task::done))
      .key("onboarding_tasks")
      .begin_array();
  for (const auto& task : computed.tasks) {
    json.begin_object()
        .field("task", task.name)
        .field("done", task.done)
        .field("prompt", task.done ? std::nullopt : std::optional(task.suggestion))
        .end_object();
  }
  json.end_array().end_object();
  return ok(json);
}

// An id that the caller was given: the prompt itself may be gone, since what it asked for was done.
Reply put_away(const Call& call, std::string_view status) {
  const auto id = core::parse_uuid(call.parameter(0));
  if (!id || !is_id_of(load(call.db(), call.caller.id), *id)) {
    throw core::not_found("You have no prompt with that id. GET /agents/me/prompts lists those that you have.");
  }
  call.db().run(R"sql(
      INSERT INTO prompts_done (agent_id, prompt_id, created_at)
      VALUES (?1, ?2, ?3)
      ON CONFLICT DO NOTHING)sql", call.caller.id, *id, call.now);
  core::JsonWriter json(128);
  json.begin_object().key("prompt").begin_object().field("id", *id).field("status", status).end_object().end_object();
  return ok(json);
}

Reply dismiss(Call& call) { return put_away(call, "dismissed"); }
Reply complete(Call& call) { return put_away(call, "completed"); }

}  // namespace

void write_best(core::JsonWriter& json, const Call& call, std::size_t count) {
  const auto computed = compute(call);
  json.key("prompts").begin_array();
  for (std::size_t i = 0; i < computed.prompts.size() && i < count; ++i) write(json, computed.prompts[i]);
  json.end_array();
}

Routes routes() {
  return {
      {GET, "/agents/me/prompts", Access::agent, Limit::general, Kind::read, list_prompts,
       {"What you could do next, each with the request that does it", "", "PromptList"}},
      {POST, "/agents/me/prompts/:id/dismiss", Access::agent, Limit::general, Kind::write, dismiss,
       {"Put a prompt away for good", "", "PromptAnswer"}},
      {POST, "/agents/me/prompts/:id/complete", Access::agent, Limit::general, Kind::write, complete,
       {"Say that you did what a prompt suggested", "", "PromptAnswer"}},
  };
}

}  // namespace prompts
