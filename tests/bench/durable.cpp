// What the machine can make durable: the limits that a server which answers only after its commit cannot pass.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <iostream>
#include <system_error>

#include "bench/bench.h"
#include "core/clock.h"
#include "core/ids.h"
#include "core/random.h"
#include "search/search.h"
#include "storage/database.h"

namespace bench {

namespace {

using SteadyClock = std::chrono::steady_clock;

// Calls `step` for that many seconds and returns how often a second.
template <class Step>
double rate(const std::string& seconds, const Step& step) {
  const auto begin = SteadyClock::now();
  const auto end = begin + std::chrono::duration<double>(std::stod(seconds));
  std::int64_t count = 0;
  auto now = begin;
  for (; now < end; now = SteadyClock::now()) {
    step();
    ++count;
  }
  return static_cast<double>(count) / std::chrono::duration<double>(now - begin).count();
}

}  // namespace

void sync_files(const Arguments& arguments) {
  const std::string path = arguments[0] + "/fdatasync";
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) throw std::system_error(errno, std::generic_category(), path);
  constexpr std::array<char, 4096> kPage{};
  const double result = rate(arguments[1], [&] {
    if (write(file, kPage.data(), kPage.size()) != static_cast<ssize_t>(kPage.size()) || fdatasync(file) != 0) {
      throw std::system_error(errno, std::generic_category(), path);
    }
  });
  close(file);
  unlink(path.c_str());
  std::cout << result << '\n';
}

void insert_posts(const Arguments& arguments) {
  storage::Database db({.path = arguments[0]}, storage::Database::Mode::read_write);
  db.execute("PRAGMA synchronous = FULL");
  db.set_before_commit(search::catch_up);
  core::SystemRandom random;
  std::cout << rate(arguments[1], [&] {
    storage::Transaction transaction(db, storage::Transaction::Kind::write);
    const core::Time now = core::AdjustableClock::real_now();
    db.run(R"sql(INSERT INTO posts (uuid, author_id, created_at, content) VALUES (?1, 1, ?2, ?3))sql",
           core::make_uuid(now, random), now, "One post, one commit: what a server without batches would do.");
    transaction.commit();
  }) << '\n';
}

}  // namespace bench
