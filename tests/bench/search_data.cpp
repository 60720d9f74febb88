#include "bench/search_data.h"

#include <algorithm>
#include <cmath>

#include "core/ids.h"
#include "core/json_writer.h"
#include "core/random.h"

namespace bench {

namespace {

constexpr core::Time kStart = 1'704'067'200'000;  // 2024-01-01
constexpr core::Time kTwoYears = 2 * 365 * core::kDay;
constexpr std::int64_t kRowsACommit = 2000;

std::size_t below(std::mt19937_64& chance, std::size_t limit) { return chance() % limit; }

// Pronounceable, and no two of them alike.
std::string made_word(std::size_t number) {
  static constexpr std::string_view kConsonants = "bdfgklmnprstvz";
  static constexpr std::string_view kVowels = "aeiou";
  std::string word;
  for (std::size_t rest = number + kConsonants.size() * kVowels.size(); rest > 0;) {
    word += kConsonants[rest % kConsonants.size()];
    rest /= kConsonants.size();
    word += kVowels[rest % kVowels.size()];
    rest /= kVowels.size();
  }
  return word;
}

template <class Insert>
void insert_all(storage::Database& db, std::int64_t count, Insert&& insert) {
  for (std::int64_t first = 1; first <= count; first += kRowsACommit) {
    storage::Transaction transaction(db, storage::Transaction::Kind::write);
    for (std::int64_t id = first; id < std::min(first + kRowsACommit, count + 1); ++id) insert(id);
    transaction.commit();
  }
}

class Filler {
 public:
  explicit Filler(storage::Database& db) : db_(db), vocabulary_(kVocabulary) {}

  void agent(std::int64_t id) {
    const auto& skills = draw_skills(3 + below(chance_, 4));
    const std::string name =
        capital(vocabulary_.word(below(chance_, 60))) + " " + capital(vocabulary_.word(60 + below(chance_, 400)));
    const core::Time created = kStart + static_cast<core::Time>(below(chance_, kTwoYears));
    // Few have many followers: Pareto's distribution.
    const double share = static_cast<double>(1 + below(chance_, 1'000'000)) / 1e6;
    const auto followers = static_cast<std::int64_t>(std::min(50'000.0, 1 / share - 1));
    db_.run(R"sql(
        INSERT INTO agents (uuid, handle, created_at, updated_at, name, tagline, base_model, skills, bio,
          follower_count)
        VALUES (?1, ?2, ?3, ?3, ?4, ?5, 'Claude 3.5', ?6, ?7, ?8))sql",
            uuid(created), lower(name) + "-" + std::to_string(id), created, name,
            skills[0] + " engineer focused on " + skills[1] + " and " + skills[2], core::json_array(skills),
            vocabulary_.sentence(chance_, 18, 30), followers);
    std::int64_t position = 0;
    for (const std::string& skill : skills) {
      db_.run(R"sql(
          INSERT INTO agent_skills (agent_id, skill, name, position, agent_created_at)
          VALUES (?1, ?2, ?2, ?3, ?4))sql",
              id, skill, position++, created);
    }
  }

  void organization(std::int64_t id) {
    const std::string name = capital(vocabulary_.word(below(chance_, 500))) + " Labs " + std::to_string(id % 5000);
    db_.run(R"sql(
        INSERT INTO organizations (uuid, handle, industry, created_at, updated_at, name, tagline, description)
        VALUES (?1, ?2, 'technology', ?3, ?3, ?4, ?5, ?6))sql",
            uuid(kStart), lower(name) + "-" + std::to_string(id), kStart + id, name,
            vocabulary_.sentence(chance_, 5, 12), vocabulary_.sentence(chance_, 12, 24));
  }

  void job(std::int64_t id) {
    const auto& skills = draw_skills(4);
    const core::Time created = kStart + static_cast<core::Time>(below(chance_, kTwoYears));
    db_.run(R"sql(
        INSERT INTO jobs (uuid, poster_id, created_at, updated_at, title, location, skills, description)
        VALUES (?1, 1, ?2, ?2, ?3, 'Remote', ?4, ?5))sql",
            uuid(created), created, capital(skills[0]) + " " + capital(vocabulary_.word(below(chance_, 300))),
            core::json_array(skills), vocabulary_.sentence(chance_, 40, 80));
    for (const std::string& skill : skills) {
      db_.run(R"sql(
          INSERT INTO job_skills (job_id, skill, name, status, job_type, job_created_at)
          VALUES (?1, ?2, ?2, 'open', 'contract', ?3))sql",
              id, skill, created);
    }
  }

  void post(std::int64_t id, std::int64_t of, std::int64_t agents) {
    const core::Time created = kStart + kTwoYears / of * id;
    std::string content = vocabulary_.sentence(chance_, 14, 38);
    if (below(chance_, 2) == 0) content += " #" + draw_skills(1)[0];
    const auto author = 1 + static_cast<std::int64_t>(below(chance_, static_cast<std::size_t>(agents)));
    db_.run(R"sql(
        INSERT INTO posts (uuid, author_id, created_at, content, recent)
        VALUES (?1, ?2, ?3, ?4, 0))sql",
            uuid(created), author, created, content);
  }

 private:
  static std::string capital(std::string text) {
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    return text;
  }

  static std::string lower(std::string text) {
    for (char& c : text) c = c == ' ' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
  }

  const std::vector<std::string>& draw_skills(std::size_t count) {
    const auto& names = skill_names();
    drawn_.clear();
    while (drawn_.size() < count) {
      // The square makes the first ones common.
      const double at = static_cast<double>(below(chance_, 1'000'000)) / 1e6;
      const auto& skill = names[static_cast<std::size_t>(at * at * static_cast<double>(names.size()))];
      if (std::ranges::find(drawn_, skill) == drawn_.end()) drawn_.push_back(skill);
    }
    return drawn_;
  }

  core::Uuid uuid(core::Time time) { return core::make_uuid(time, random_); }

  storage::Database& db_;
  const Vocabulary vocabulary_;
  std::mt19937_64 chance_{42};
  core::SystemRandom random_;
  std::vector<std::string> drawn_;
};

}  // namespace

Vocabulary::Vocabulary(std::size_t size) {
  double sum = 0;
  for (std::size_t rank = 0; rank < size; ++rank) {
    words_.push_back(made_word(rank));
    sum += 1 / static_cast<double>(rank + 1);
    cumulated_.push_back(sum);
  }
}

const std::string& Vocabulary::draw(std::mt19937_64& chance) const {
  const double at = std::uniform_real_distribution<double>(0, cumulated_.back())(chance);
  const auto found = std::ranges::upper_bound(cumulated_, at);
  return words_[std::min(static_cast<std::size_t>(found - cumulated_.begin()), words_.size() - 1)];
}

std::string Vocabulary::sentence(std::mt19937_64& chance, std::size_t least, std::size_t most) const {
  std::string text;
  for (std::size_t left = least + below(chance, most - least + 1); left > 0; --left) {
    text += draw(chance);
    if (left > 1) text += ' ';
  }
  return text;
}

const std::vector<std::string>& skill_names() {
  static const std::vector<std::string> kNames = {
      "python",     "rust",          "typescript",  "javascript",  "golang",     "java",
      "kotlin",     "swift",         "c++",         "c#",          "ruby",       "php",
      "scala",      "haskell",       "elixir",      "pytorch",     "pytest",     "tensorflow",
      "keras",      "numpy",         "pandas",      "jax",         "onnx",       "cuda",
      "sql",        "sqlite",        "postgres",    "mysql",       "redis",      "kafka",
      "docker",     "kubernetes",    "terraform",   "ansible",     "nginx",      "linux",
      "bash",       "git",           "aws",         "gcp",         "azure",      "graphql",
      "grpc",       "websockets",    "react",       "vue",         "svelte",     "angular",
      "node.js",    ".net",          "fine-tuning", "rag",         "embeddings", "prompting",
      "evaluation", "nlp",           "robotics",    "planning",    "statistics", "bayesian",
      "geospatial", "chemistry",     "physics",     "mathematics", "research",   "journalism",
      "marketing",  "sales",         "support",     "negotiation", "finance",    "trading",
      "legal",      "recruiting",    "indexing",    "ranking",     "scraping",   "crawling",
      "search",     "recommendation"};
  return kNames;
}

void fill(storage::Database& db, const Network& network) {
  Filler filler(db);
  insert_all(db, network.agents, [&](std::int64_t id) { filler.agent(id); });
  insert_all(db, network.organizations, [&](std::int64_t id) { filler.organization(id); });
  insert_all(db, network.jobs, [&](std::int64_t id) { filler.job(id); });
  insert_all(db, network.posts, [&](std::int64_t id) { filler.post(id, network.posts, network.agents); });
}

}  // namespace bench
