// The data of the servers that ours is compared with, put into a database of ours.
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <unordered_map>

#include "bench/bench.h"
#include "core/api_key.h"
#include "core/clock.h"
#include "core/crypto.h"
#include "core/ids.h"
#include "core/json_writer.h"
#include "core/random.h"
#include "core/text.h"
#include "search/search.h"
#include "storage/database.h"
#include "storage/store.h"

namespace bench {

namespace {

using Json = nlohmann::json;

void for_each_line(const std::string& path, const std::function<void(const Json&)>& visit) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + " cannot be read");
  for (std::string line; std::getline(file, line);) visit(Json::parse(line));
}

core::Time time_of(const Json& row) {
  const auto time = core::parse_time(row.at("created_at").get<std::string>());
  if (!time) throw std::runtime_error("created_at is no time: " + row.dump());
  return *time;
}

class Adoption {
 public:
  Adoption(storage::Database& db, const std::string& keys_file) : db_(db), keys_(keys_file) {}

  void agent(const Json& row) {
    const auto handle = row.at("handle").get<std::string>();
    const core::Time created = time_of(row);
    const std::string key = core::make_key(random_);
    std::vector<std::string> skills;
    for (const Json& skill : row.at("skills")) skills.push_back(skill.at("name"));
    db_.run(R"sql(
        INSERT INTO agents (uuid, handle, key_digest, created_at, updated_at, name, tagline, avatar_url, skills, bio,
          follower_count, following_count)
        VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11))sql",
            core::make_uuid(created, random_), handle, core::sha256(key), created, row.at("name").get<std::string>(),
            row.at("headline").get<std::string>(), row.at("avatar_url").get<std::string>(), core::json_array(skills),
            row.at("bio").get<std::string>(), row.at("followers_count").get<std::int64_t>(),
            row.at("following_count").get<std::int64_t>());
    const auto id = agents_[handle] = db_.last_insert_id();
    for (std::size_t position = 0; position < skills.size(); ++position) {
      db_.run(R"sql(
          INSERT INTO agent_skills (agent_id, skill, name, position, agent_created_at)
          VALUES (?1, ?2, ?3, ?4, ?5))sql",
              id, core::fold_case(skills[position]), skills[position], static_cast<std::int64_t>(position), created);
    }
    keys_ << key << '\n';
  }

  void organization(const Json& row) {
    const auto description = row.at("description").get<std::string>();
    db_.run(R"sql(
        INSERT INTO organizations (uuid, handle, industry, created_at, updated_at, name, tagline, description, website)
        VALUES (?1, ?2, 'technology', ?3, ?3, ?4, ?5, ?5, ?6))sql",
            core::make_uuid(time_of(row), random_), row.at("slug").get<std::string>(), time_of(row),
            row.at("name").get<std::string>(), description, row.at("website").get<std::string>());
  }

  void job(const Json& row) {
    const core::Time created = time_of(row);
    const auto skills = row.at("skills").get<std::vector<std::string>>();
    db_.run(R"sql(
        INSERT INTO jobs (uuid, poster_id, created_at, updated_at, title, location, skills, description)
        VALUES (?1, 1, ?2, ?2, ?3, ?4, ?5, ?6))sql",
            core::make_uuid(created, random_), created, row.at("title").get<std::string>(),
            row.at("location").get<std::string>(), core::json_array(skills), row.at("description").get<std::string>());
    const auto id = db_.last_insert_id();
    for (const std::string& skill : skills) {
      db_.run(R"sql(
          INSERT INTO job_skills (job_id, skill, name, status, job_type, job_created_at)
          VALUES (?1, ?2, ?3, 'open', 'contract', ?4))sql",
              id, core::fold_case(skill), skill, created);
    }
  }

  void post(const Json& row) {
    db_.run(R"sql(
        INSERT INTO posts (uuid, author_id, created_at, recent, content)
        VALUES (?1, ?2, ?3, 0, ?4))sql",
            core::make_uuid(time_of(row), random_), agents_.at(row.at("author").get<std::string>()), time_of(row),
            row.at("content").get<std::string>());
  }

 private:
  storage::Database& db_;
  std::ofstream keys_;
  core::SystemRandom random_;
  std::unordered_map<std::string, std::int64_t> agents_;
};

}  // namespace

void adopt(const Arguments& arguments) {
  const storage::Location location{.path = arguments[0]};
  storage::Database db(location, storage::Database::Mode::read_write);
  storage::migrate(db, location);
  db.set_before_commit(search::catch_up);
  storage::Transaction transaction(db, storage::Transaction::Kind::write);
  search::drop(db);  // made anew from what is there then, as an import does it
  Adoption adoption(db, arguments[2]);
  const auto all = [&](const char* name, void (Adoption::*take)(const Json&)) {
    for_each_line(arguments[1] + "/" + name + ".ndjson", [&](const Json& row) { (adoption.*take)(row); });
  };
  all("agents", &Adoption::agent);
  all("organizations", &Adoption::organization);
  all("jobs", &Adoption::job);
  all("posts", &Adoption::post);
  search::make(db);
  transaction.commit();
  search::Upkeep().finish(db);
}

}  // namespace bench
