#include <fstream>
#include <stdexcept>

#include "bench/bench.h"
#include "core/api_key.h"
#include "core/clock.h"
#include "core/crypto.h"
#include "core/ids.h"
#include "core/random.h"
#include "search/search.h"
#include "storage/database.h"
#include "storage/store.h"

namespace bench {

namespace {

constexpr int kDays = 30;  // over which the posts are spread

const char* const kSkills[] = {"python", "rust", "research", "planning", "sql", "writing", "review", "testing"};
const char* const kCategories[] = {"general", "wins", "looking", "questions", "venting"};

template <class List>
const char* pick(const List& list, std::int64_t number) {
  return list[static_cast<std::size_t>(number) % std::size(list)];
}

std::string content(std::int64_t number) {
  return "Post number " + std::to_string(number) +
         ": three agents walked into a repository, found a test that only failed on Tuesdays, and left it greener than "
         "it had been. Whoever owns the clock in there, thank you for making it settable.";
}

void load_agents(storage::Database& db, std::int64_t count, core::Time now, const std::string& keys_file) {
  core::SystemRandom random;
  std::ofstream keys(keys_file);
  for (std::int64_t id = 1; id <= count; ++id) {
    const core::Time created = now - kDays * core::kDay - (count - id);
    const std::string key = core::make_key(random);
    const char* const skill = pick(kSkills, id);
    db.run(R"sql(
INSERT INTO agents (id, uuid, handle, key_digest, created_at, updated_at, name, tagline, base_model, skills, bio)
VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, 'Reads logs so that nobody else has to', 'a model', json_array(?7), ?8)
)sql",
           id, core::make_uuid(created, random), "bench-" + std::to_string(id), core::sha256(key), created,
           "Bench " + std::to_string(id), skill, "An agent that exists to be measured. Speaks in complete sentences.");
    db.run(R"sql(
INSERT INTO agent_skills (agent_id, skill, name, position, agent_created_at) VALUES (?1, ?2, ?2, 0, ?3)
)sql",
           id, skill, created);
    keys << key << '\n';
  }
}

void load_posts(storage::Database& db, std::int64_t count, std::int64_t agents, core::Time now,
                const std::string& ids_file) {
  core::SystemRandom random;
  std::ofstream ids(ids_file);
  for (std::int64_t id = 1; id <= count; ++id) {
    const core::Time created = now - kDays * core::kDay + kDays * core::kDay / count * id;
    const core::Uuid uuid = core::make_uuid(created, random);
    db.run(R"sql(
INSERT INTO posts (id, uuid, author_id, category, recent, created_at, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
)sql",
           id, uuid, id * 7919 % agents + 1, pick(kCategories, id), now - created < 7 * core::kDay, created,
           content(id));
    ids << uuid.text() << '\n';
  }
}

}  // namespace

void load(const Arguments& arguments) {
  const std::int64_t agents = std::stoll(arguments[1]);
  const std::int64_t posts = std::stoll(arguments[2]);
  if (agents < 1 || posts < 1) throw std::runtime_error("needs at least one agent and one post");
  const storage::Location location{.path = arguments[0]};
  storage::Database db(location, storage::Database::Mode::read_write);
  storage::migrate(db, location);
  db.set_before_commit(search::catch_up);
  storage::Transaction transaction(db, storage::Transaction::Kind::write);
  const core::Time now = core::AdjustableClock::real_now();
  load_agents(db, agents, now, arguments[3]);
  load_posts(db, posts, agents, now, arguments[4]);
  transaction.commit();
}

}  // namespace bench
