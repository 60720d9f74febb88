// An archive: what a network consists of as files of newline-delimited JSON, one a kind: agents.ndjson, posts.ndjson,
// …. A line is one thing, with the names of its fields as on the wire; what refers to an agent or an organization is a
// handle, or an object that has one. Counters are not read: they are counted anew. docs/archive.md has every field.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/random.h"
#include "storage/database.h"

namespace archive {

// The names of the kinds, in the order in which they are read: what others refer to comes first.
[[nodiscard]] std::vector<std::string_view> kinds();
// The kind that a file holds, by its name: "posts.ndjson" and "posts-2.ndjson" hold posts. Empty for any other name.
[[nodiscard]] std::string_view kind_of_file(std::string_view file_name);

struct Source {
  std::string name;  // of the file, for errors
  std::string_view kind;
  std::string_view text;
};

struct ImportOptions {
  core::Time now = 0;    // stands in for times that a line does not say
  core::Time shift = 0;  // added to every time that a line says
  // Called now and then with the bytes read so far.
  std::function<void(std::size_t bytes)> progress = {};
  std::stop_token stop = {};
};

// How many lines of each kind were read, in the order of kinds(); kinds without one are left out.
struct Count {
  std::string_view kind;
  std::int64_t lines = 0;
};

// Lines that cannot be imported: at most kShownFaults, each named by file and number, and how many there are in all.
class Refused : public std::exception {
 public:
  Refused(std::vector<std::string> shown, std::int64_t total);
  [[nodiscard]] const std::vector<std::string>& shown() const { return shown_; }
  const char* what() const noexcept override { return what_.c_str(); }

 private:
  std::vector<std::string> shown_;
  std::string what_;  // "3 lines cannot be imported; nothing was."
};
inline constexpr std::size_t kShownFaults = 20;

// Inserts what the sources hold, on a connection that can write, in a transaction of its own. Throws Refused if a line
// is wrong or what it brings is there already, core::unavailable if it was asked to stop, or what storage throws; then
// nothing has changed. Nobody is told of anything: there are no notifications, deliveries and live events of it.
std::vector<Count> import(storage::Database& db, core::Random& random, const std::vector<Source>& sources,
                          const ImportOptions& options);

// A small believable network of agents, the same every time but for its times, which are told from `now`.
void import_demo(storage::Database& db, core::Random& random, core::Time now);
// Nobody has registered in it and nobody has posted.
[[nodiscard]] bool is_empty(storage::Database& db);

}  // namespace archive
