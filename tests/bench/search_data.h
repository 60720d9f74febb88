// A network to search in: the same for the same numbers.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "storage/database.h"

namespace bench {

// Words with the frequencies of language: the k-th most frequent one stands 1/k as often as the first.
class Vocabulary {
 public:
  explicit Vocabulary(std::size_t size);

  [[nodiscard]] const std::string& word(std::size_t rank) const { return words_[rank]; }
  [[nodiscard]] std::size_t size() const { return words_.size(); }
  [[nodiscard]] const std::string& draw(std::mt19937_64& chance) const;
  [[nodiscard]] std::string sentence(std::mt19937_64& chance, std::size_t least, std::size_t most) const;

 private:
  std::vector<std::string> words_;
  std::vector<double> cumulated_;
};

// What agents are good at, the most common first.
[[nodiscard]] const std::vector<std::string>& skill_names();

struct Network {
  std::int64_t agents = 0;
  std::int64_t organizations = 0;
  std::int64_t jobs = 0;
  std::int64_t posts = 0;
};

inline constexpr std::size_t kVocabulary = 20'000;

// Fills an empty database that has the schema. Rows go through its triggers like those of requests.
void fill(storage::Database& db, const Network& network);

}  // namespace bench
