// How long the server takes to answer searches, without sockets.
#include "search/search.h"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <iostream>
#include <random>
#include <stdexcept>
#include <thread>

#include "bench/bench.h"
#include "bench/search_data.h"
#include "core/clock.h"
#include "core/stopwatch.h"
#include "core/text.h"
#include "server/app.h"

namespace bench {

namespace {

server::Config config_for(const std::string& file) {
  server::Config config;
  config.db = file;
  config.quotas = http::Quotas::off();
  config.log.level = core::LogLevel::off;
  return config;
}

std::string answer(server::App& app, const std::string& target) {
  std::string body;
  int status = 0;
  auto request = http::make_request("GET", target, {{"Host", "127.0.0.1"}});
  request.client_address = "127.0.0.1";
  app.dispatch(std::move(request), [&](http::Reply reply) {
    status = reply.status;
    body = std::move(reply.body);
  });
  if (status != 200) throw std::runtime_error(target + ": " + body);
  return body;
}

// What this thread has used of a processor: searches run on it, and other programs do not count.
std::int64_t own_time_ns() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

std::int64_t at_share(const std::vector<std::int64_t>& sorted, double share) {
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
}

using Draw = std::function<std::string(std::mt19937_64&)>;

// Each target is made only once: no answer comes from the router's cache.
void measure(server::App& app, const std::string& name, const std::string& path, int count, const Draw& draw) {
  static int asked = 0;
  std::mt19937_64 chance(7);
  std::vector<std::int64_t> times;
  for (int i = 0; i < count; ++i) {
    const std::string target = path + core::percent_encode(draw(chance)) + "&n=" + std::to_string(asked++);
    const auto begin = own_time_ns();
    (void)answer(app, target);
    times.push_back(own_time_ns() - begin);
  }
  std::ranges::sort(times);
  const auto us = [](std::int64_t ns) { return static_cast<double>(ns) / 1000.0; };
  std::cout << std::left << std::setw(44) << name << std::right << std::fixed << std::setprecision(0) << std::setw(9)
            << us(at_share(times, 0.5)) << std::setw(9) << us(at_share(times, 0.99)) << std::setw(9) << us(times.back())
            << '\n';
}

std::string one_of(std::mt19937_64& chance, const Vocabulary& words, std::size_t from, std::size_t to) {
  return words.word(from + chance() % (to - from));
}

std::string misspelt(std::mt19937_64& chance, std::string word) {
  const std::size_t at = chance() % (word.size() - 1);
  switch (chance() % 4) {
    case 0: word.erase(at, 1); break;
    case 1: word.insert(at, 1, 'q'); break;
    case 2: word[at] = 'q'; break;
    default: std::swap(word[at], word[at + 1]);
  }
  return word;
}

}  // namespace

void load_network(const Arguments& arguments) {
  const auto number = [&](std::size_t index) { return static_cast<std::int64_t>(std::stoll(arguments[index])); };
  storage::Store store({.location = {.path = arguments[0]}, .before_commit = search::catch_up});
  const auto begin = core::stopwatch_us();
  store.between_batches([&](storage::Database& db) {
    db.execute("PRAGMA synchronous = OFF");
    fill(db, {number(1), number(2), number(3), number(4)});
    const auto filled = core::stopwatch_us();
    search::rebuild(db);  // by standing: rows that are written with followers have no rank yet
    search::Upkeep().finish(db);
    std::cout << "filled in " << (filled - begin) / 1000 << " ms, indexed in "
              << (core::stopwatch_us() - filled) / 1000 << " ms\n";
  });
}

void merge_network(const Arguments& arguments) {
  storage::Store store({.location = {.path = arguments[0]}});
  store.between_batches([](storage::Database& db) { search::Upkeep().finish(db); });
}

void search_network(const Arguments& arguments) {
  const auto opening = core::stopwatch_us();
  server::App app(config_for(arguments[0]));
  std::cout << "opened in " << (core::stopwatch_us() - opening) / 1000 << " ms\n";
  const int count = std::stoi(arguments[1]);
  const Vocabulary words(kVocabulary);
  const auto& skills = skill_names();
  const auto skill = [&](std::mt19937_64& chance) { return skills[chance() % skills.size()]; };

  std::cout << std::left << std::setw(44) << "microseconds" << std::right << std::setw(9) << "median" << std::setw(9)
            << "p99" << std::setw(9) << "most" << '\n';
  const std::string chosen = arguments.size() > 2 ? arguments[2] : "";
  const auto measure = [&](const std::string& name, const std::string& path, int times, const Draw& draw) {
    if (name.find(chosen) != name.npos) bench::measure(app, name, path, times, draw);
  };
  const auto classes = [&](const std::string& kind, const std::string& path) {
    measure(kind + ", a skill", path, count, skill);
    measure(kind + ", two skills", path, count, [&](auto& chance) { return skill(chance) + " " + skill(chance); });
    measure(kind + ", a common word", path, count, [&](auto& chance) { return one_of(chance, words, 0, 20); });
    measure(kind + ", two common words", path, count,
            [&](auto& chance) { return one_of(chance, words, 0, 20) + " " + one_of(chance, words, 0, 20); });
    measure(kind + ", a rare word", path, count,
            [&](auto& chance) { return one_of(chance, words, 5000, 20'000); });
    measure(kind + ", a common and a rare word", path, count,
            [&](auto& chance) { return one_of(chance, words, 0, 20) + " " + one_of(chance, words, 5000, 20'000); });
    measure(kind + ", two rare words", path, count, [&](auto& chance) {
      return one_of(chance, words, 5000, 20'000) + " " + one_of(chance, words, 5000, 20'000);
    });
    for (std::size_t length = 1; length <= 7; ++length) {
      measure(kind + ", " + std::to_string(length) + " letters", path, count, [&](auto& chance) {
        const std::string word = chance() % 2 == 0 ? skill(chance) : one_of(chance, words, 0, 3000);
        return word.substr(0, length);
      });
    }
    measure(kind + ", a typing error", path, std::min(count, 200),
            [&](auto& chance) { return misspelt(chance, skills[16 + chance() % 50]); });
    measure(kind + ", an unknown word", path, std::min(count, 200),
            [&](auto& chance) { return "q" + one_of(chance, words, 0, 20'000) + "qx"; });
  };
  classes("three kinds", "/search?q=");
  classes("agents", "/search?type=agents&q=");
  classes("organizations", "/search?type=organizations&q=");
  classes("jobs", "/search?type=jobs&q=");
  classes("posts", "/search?type=posts&q=");
  for (std::size_t length = 1; length <= 7; ++length) {
    measure("suggest, " + std::to_string(length) + " letters", "/search/suggest?q=", count, [&](auto& chance) {
      const std::string word = chance() % 2 == 0 ? skill(chance) : one_of(chance, words, 0, 460);
      return word.substr(0, length);
    });
  }
}

void index_posts(const Arguments& arguments) {
  const int seconds = std::stoi(arguments[1]);
  const bool indexed = arguments[2] == "indexed";
  std::filesystem::remove(arguments[0]);
  server::App app(config_for(arguments[0]));
  if (!indexed) {
    app.store().between_batches([](storage::Database& db) {
      db.execute("DROP TRIGGER posts_found; DROP TRIGGER posts_lost; DROP TRIGGER posts_refound");
    });
  }
  // Each of many clients sends its next post when it has the answer to the last.
  constexpr int kClients = 64;
  const Vocabulary words(kVocabulary);
  std::atomic<bool> stop{false};
  std::vector<std::vector<std::int64_t>> times(kClients);
  std::vector<std::thread> clients;
  core::SystemRandom random;
  for (int client = 0; client < kClients; ++client) {
    clients.emplace_back([&, client] {
      std::mt19937_64 chance(static_cast<std::uint64_t>(client));
      while (!stop) {
        const std::string content = words.sentence(chance, 14, 38);
        const auto begin = core::stopwatch_us();
        app.store().write_and_wait([&](storage::Database& db) {
          const auto now = core::AdjustableClock::real_now();
          db.run(R"sql(INSERT INTO posts (uuid, created_at, content) VALUES (?1, ?2, ?3))sql",
                 core::make_uuid(now, random), now, content);
        });
        times[static_cast<std::size_t>(client)].push_back(core::stopwatch_us() - begin);
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  stop = true;
  for (std::thread& client : clients) client.join();
  std::vector<std::int64_t> all;
  for (const auto& some : times) all.insert(all.end(), some.begin(), some.end());
  std::ranges::sort(all);
  std::cout << all.size() / static_cast<std::size_t>(seconds) << " posts/s; us: median " << at_share(all, 0.5)
            << ", p99 " << at_share(all, 0.99) << ", p99.9 " << at_share(all, 0.999) << ", most " << all.back() << '\n';
}

}  // namespace bench
