#include "http/page.h"

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "core/crypto.h"
#include "support/catch.h"

namespace {

using Numbers = std::vector<std::int64_t>;
using Arguments = std::vector<std::pair<std::string, std::string>>;

http::Request asking(Arguments arguments) {
  http::Request request;
  request.arguments = std::move(arguments);
  return request;
}

std::vector<core::FieldFault> page_faults(Arguments arguments) {
  const http::Request request = asking(std::move(arguments));
  http::Query query(request);
  (void)http::Page::read(query, "feed", 2);
  try {
    query.check();
  } catch (const core::Error& error) {
    return error.faults();
  }
  return {};
}

std::optional<std::string> next_cursor(const std::function<void(core::JsonWriter&)>& write) {
  core::JsonWriter json;
  json.begin_object();
  write(json);
  json.end_object();
  const auto value = nlohmann::json::parse(json.text()).at("next_cursor");
  return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
}

// Agents with their follower counts, as a table with an index on (count, id) would give them.
class Ranking {
 public:
  struct Reading {
    std::vector<std::int64_t> ids;
    std::optional<std::string> cursor;
  };

  void set(std::int64_t id, std::int64_t count) {
    if (const auto it = counts_.find(id); it != counts_.end()) index_.erase({-it->second, -id});
    counts_[id] = count;
    index_.insert({-count, -id});
  }

  [[nodiscard]] Reading read(Arguments arguments) const {
    const http::Request request = asking(std::move(arguments));
    http::Query query(request);
    auto page = http::RankedPage::read(query, "agents?sort=followers");
    query.check();
    Reading reading;
    std::int64_t rows = page.fetch();
    for (const auto& [minus_count, minus_id] : index_) {
      const std::int64_t count = -minus_count;
      const std::int64_t id = -minus_id;
      if (std::pair(count, id) >= std::pair(page.start_rank(), page.start_id())) continue;
      if (page.full() || rows-- == 0) break;
      if (page.wants(count, id)) reading.ids.push_back(id);
    }
    reading.cursor = next_cursor([&](core::JsonWriter& json) { page.write_next(json); });
    return reading;
  }

  // All pages from the first on, with something done between two of them.
  [[nodiscard]] std::vector<std::int64_t> walk(const std::string& limit, const std::function<void()>& between) {
    std::vector<std::int64_t> ids;
    Reading reading = read({{"limit", limit}});
    while (true) {
      ids.insert(ids.end(), reading.ids.begin(), reading.ids.end());
      if (!reading.cursor) return ids;
      CHECK(reading.cursor->size() <= 6144);
      between();
      reading = read({{"limit", limit}, {"cursor", *reading.cursor}});
    }
  }

 private:
  std::map<std::int64_t, std::int64_t> counts_;
  std::set<std::pair<std::int64_t, std::int64_t>> index_;  // both negative: greatest first
};

}  // namespace

TEST_CASE("a cursor gives back its numbers", "[http][page]") {
  for (const Numbers& key :
       {Numbers{0}, Numbers{1'770'120'000'000, 42}, Numbers{-1, INT64_MAX, INT64_MIN, 63, 64, -64, -65}}) {
    const std::string cursor = http::encode_cursor("feed", key);
    CHECK(http::decode_cursor("feed", cursor) == key);
    CHECK(cursor.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    Numbers key;
    for (std::size_t n = random() % 5; n > 0; --n) key.push_back(static_cast<std::int64_t>(random() >> random() % 64));
    REQUIRE(http::decode_cursor("feed", http::encode_cursor("feed", key)) == key);
  }
}

TEST_CASE("a cursor that was altered or is another list's is refused", "[http][page]") {
  const std::string cursor = http::encode_cursor("feed?category=wins", {1'770'120'000'000, 42});
  CHECK_FALSE(http::decode_cursor("feed", cursor));
  CHECK_FALSE(http::decode_cursor("feed?category=venting", cursor));
  CHECK_FALSE(http::decode_cursor("", cursor));
  for (std::size_t at = 0; at < cursor.size(); ++at) {
    for (const char c : std::string_view("A9_-=+/ %")) {
      std::string altered = cursor;
      altered[at] = c;
      if (altered != cursor) REQUIRE_FALSE(http::decode_cursor("feed?category=wins", altered));
    }
    REQUIRE_FALSE(http::decode_cursor("feed?category=wins", cursor.substr(0, at)));
  }
  CHECK_FALSE(http::decode_cursor("feed?category=wins", cursor + "A"));
  CHECK_FALSE(http::decode_cursor("feed?category=wins", cursor + "AAAA"));
  std::mt19937_64 random(2);
  for (int i = 0; i < 10'000; ++i) {
    std::string text(random() % 60, ' ');
    for (char& c : text) c = static_cast<char>(random() & 0xFF);
    REQUIRE_FALSE(http::decode_cursor("feed", text));
    REQUIRE_FALSE(http::decode_cursor("feed", core::to_base64url(core::bytes_of(text))));
  }
}

TEST_CASE("a page is read from the query", "[http][page]") {
  SECTION("nothing asked for") {
    const http::Request request = asking({});
    http::Query query(request);
    const auto page = http::Page::read(query, "feed", 2);
    query.check();
    CHECK(page.limit == 20);
    CHECK(page.fetch() == 21);
    CHECK(page.offset == 0);
    CHECK(page.from_start());
    CHECK(page.key(0, http::kNewest) == http::kNewest);
  }
  SECTION("the next page") {
    const http::Page first = [] {
      const http::Request request = asking({{"limit", "2"}});
      http::Query query(request);
      return http::Page::read(query, "feed", 2);
    }();
    CHECK_FALSE(next_cursor([&](core::JsonWriter& json) { first.write_next(json, false, {7, 3}); }));
    const auto cursor = next_cursor([&](core::JsonWriter& json) { first.write_next(json, true, {7, 3}); });
    REQUIRE(cursor);
    const http::Request request = asking({{"limit", "2"}, {"cursor", *cursor}});
    http::Query query(request);
    const auto page = http::Page::read(query, "feed", 2);
    query.check();
    CHECK_FALSE(page.from_start());
    CHECK(page.after == Numbers{7, 3});
    CHECK(page.key(0, http::kNewest) == 7);
    CHECK(page.key(1, http::kNewest) == 3);
  }
  SECTION("the bounds") {
    CHECK(page_faults({{"limit", "1"}, {"offset", "0"}}).empty());
    CHECK(page_faults({{"limit", "100"}, {"offset", "10000"}}).empty());
    CHECK(page_faults({{"limit", ""}, {"offset", ""}, {"cursor", ""}}).empty());
    for (const char* limit : {"0", "101", "-1", "ten"}) CHECK(page_faults({{"limit", limit}}).at(0).field == "limit");
    for (const char* offset : {"-1", "10001", "x"}) CHECK(page_faults({{"offset", offset}}).at(0).field == "offset");
  }
  SECTION("a bad cursor") {
    for (const std::string& cursor :
         {std::string("nonsense"), http::encode_cursor("agents", {1, 2}), http::encode_cursor("feed", {1}),
          http::encode_cursor("feed", {1, 2, 3}), http::encode_cursor("feed", {}), std::string("a\xFF")}) {
      const auto faults = page_faults({{"cursor", cursor}});
      REQUIRE(faults.size() == 1);
      CHECK(faults[0].field == "cursor");
    }
  }
  SECTION("cursor and offset together") {
    const auto faults = page_faults({{"cursor", http::encode_cursor("feed", {1, 2})}, {"offset", "0"}});
    REQUIRE(faults.size() == 2);
    CHECK(faults[0].field == "cursor");
    CHECK(faults[1].field == "offset");
  }
  SECTION("all at once") { CHECK(page_faults({{"cursor", "nonsense"}, {"offset", "1"}, {"limit", "0"}}).size() == 4); }
}

TEST_CASE("a ranked list repeats and skips nothing while its counts move", "[http][page]") {
  Ranking ranking;
  std::mt19937_64 random(5);
  std::set<std::int64_t> all;
  for (std::int64_t id = 1; id <= 700; ++id) {
    ranking.set(id, static_cast<std::int64_t>(random() % 50));
    all.insert(id);
  }
  const std::string limit = GENERATE("1", "20", "100");
  const auto ids = ranking.walk(limit, [&] {
    for (int i = 0; i < 30; ++i) {
      ranking.set(static_cast<std::int64_t>(1 + random() % 700), static_cast<std::int64_t>(random() % 50));
    }
  });
  CHECK(ids.size() == 700);
  CHECK(std::set(ids.begin(), ids.end()) == all);
}

TEST_CASE("a ranked list that nobody changes comes in its order, however long", "[http][page]") {
  Ranking ranking;
  std::vector<std::pair<std::int64_t, std::int64_t>> rows;
  std::mt19937_64 random(6);
  for (int i = 0; i < 4000; ++i) {
    const auto id = static_cast<std::int64_t>(1 + random() % 1'000'000'000'000);
    const auto count = static_cast<std::int64_t>(random() % 100);
    rows.emplace_back(count, id);
    ranking.set(id, count);
  }
  std::sort(rows.rbegin(), rows.rend());
  const auto ids = ranking.walk("100", [] {});
  REQUIRE(ids.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) REQUIRE(ids[i] == rows[i].second);
}

TEST_CASE("a ranked list can be read by offset", "[http][page]") {
  Ranking ranking;
  for (std::int64_t id = 1; id <= 50; ++id) ranking.set(id, id);
  const auto reading = ranking.read({{"limit", "5"}, {"offset", "10"}});
  CHECK(reading.ids == Numbers{40, 39, 38, 37, 36});
  REQUIRE(reading.cursor);
  const auto next = ranking.read({{"limit", "3"}, {"cursor", *reading.cursor}});
  CHECK(next.ids == Numbers{35, 34, 33});
  CHECK(ranking.read({{"limit", "5"}, {"offset", "48"}}).ids == Numbers{2, 1});
  CHECK_FALSE(ranking.read({{"limit", "5"}, {"offset", "45"}}).cursor);
  CHECK(ranking.read({{"offset", "50"}}).ids.empty());
}

TEST_CASE("a ranked list refuses cursors that it did not give", "[http][page]") {
  const Ranking ranking;
  const auto refused = [&ranking](const std::string& cursor) {
    try {
      (void)ranking.read({{"cursor", cursor}});
    } catch (const core::Error& error) {
      return error.faults().at(0).field == "cursor";
    }
    return false;
  };
  constexpr std::string_view kList = "agents?sort=followers";
  CHECK_FALSE(refused(http::encode_cursor(kList, {5, 1})));
  CHECK_FALSE(refused(http::encode_cursor(kList, {5, 1, 1, 6})));
  CHECK(refused(http::encode_cursor(kList, {})));
  CHECK(refused(http::encode_cursor(kList, {5})));
  CHECK(refused(http::encode_cursor(kList, {5, 1, 0})));
  CHECK(refused(http::encode_cursor(kList, {5, 1, 3, -1})));
  CHECK(refused(http::encode_cursor(kList, {5, 1, INT64_MAX, 1})));
  CHECK(refused(http::encode_cursor("agents?sort=new", {5, 1})));
}
