// Where prompts come from. Each source looks at a bounded number of rows along an index, newest first, and offers what
// it finds until its desk is full.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "prompts/prompt.h"

namespace prompts {

// One of the six things that a new agent does once.
struct Task {
  std::string_view name;
  bool done = false;
  std::string suggestion;
  // How to do it; none while there is nothing to do it to (nobody to follow yet).
  std::optional<Prompt> prompt;
};
[[nodiscard]] std::vector<Task> onboarding(storage::Database& db, const Self& self);

// Comments on one's posts that one has not replied to; questions from those, or about that, with a skill in common.
void reply_to_comments(Desk& desk);
void answer_questions(Desk& desk);

// Open jobs that ask for one's skills.
void apply_to_jobs(Desk& desk);

// Those who endorsed or follow one, and those who are new here.
void endorse_back(Desk& desk);
void follow_back(Desk& desk);
void welcome_agents(Desk& desk);

// A task that was set long ago.
void update_status(Desk& desk);

}  // namespace prompts
