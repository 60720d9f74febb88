#include <algorithm>
#include <exception>

#include "archive/kind.h"
#include "core/error.h"
#include "core/text.h"
#include "search/search.h"

namespace archive {
namespace {

constexpr std::int64_t kLinesAStep = 500;  // between two looks at progress and stop
constexpr std::size_t kMaxLine = 1 << 20;

// A line of a source that is not blank.
struct Place {
  const Source* source = nullptr;
  std::int64_t number = 0;
  std::string_view text;
  core::Time time = 0;
};

std::vector<Place> places_of(const Source& source) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  std::string_view rest = source.text;
  if (rest.starts_with(kMark)) rest.remove_prefix(kMark.size());
  std::vector<Place> places;
  for (std::int64_t number = 1; !rest.empty(); ++number) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.find_first_not_of(" \t\r") != std::string_view::npos) places.push_back({&source, number, text});
  }
  return places;
}

std::shared_ptr<const http::JsonDocument> parse(std::string_view text) {
  if (text.size() > kMaxLine) throw core::bad_request("The line is longer than 1 MiB.");
  return http::parse_json(text, "The line");
}

core::Time time_of(std::string_view text) {
  try {
    http::Body body(parse(text));
    return core::parse_time(body.maybe_text("created_at", {.max = 40}).value_or("")).value_or(INT64_MAX);
  } catch (const core::Error&) {
    return INT64_MAX;  // its fault is told when it is read
  }
}

class Faults {
 public:
  void add(const Place& place, std::string_view sentence) {
    if (shown_.size() < kShownFaults) {
      std::string line = place.source->name + ":" + std::to_string(place.number) + ": ";
      shown_.push_back(line.append(sentence));
    }
    ++total_;
  }
  void check() const {
    if (total_ > 0) throw Refused(shown_, total_);
  }

 private:
  std::vector<std::string> shown_;
  std::int64_t total_ = 0;
};

void read_line(Context& context, const Kind& kind, const Place& place, Faults& faults) {
  std::optional<Line> line;
  const auto add = [&](std::string_view sentence) {
    faults.add(place, sentence);
    if (line) line->miss();
  };
  try {
    line.emplace(context, kind.name, parse(place.text));
    kind.read(*line);
  } catch (const Missed&) {
    line->miss();
  } catch (const core::Error& error) {
    if (error.code() == core::ErrorCode::unavailable) throw;
    add(error.detail());
  } catch (const storage::Failure& failure) {
    if (failure.kind() != storage::FailureKind::unique) throw;
    add(kind.twice);
  }
}

}  // namespace

Refused::Refused(std::vector<std::string> shown, std::int64_t total)
    : shown_(std::move(shown)),
      what_(std::to_string(total) + (total == 1 ? " line" : " lines") + " cannot be imported; nothing was.") {}

std::vector<Count> import(storage::Database& db, core::Random& random, const std::vector<Source>& sources,
                          const ImportOptions& options) {
  Context context{.db = db, .random = random, .options = options};
  Faults faults;
  std::vector<Count> counts;
  std::size_t bytes = 0;
  storage::Transaction transaction(db, storage::Transaction::Kind::write);
  // Where everything is new, the index is made at the end, in one go.
  const bool fresh = is_empty(db);
  if (fresh) search::drop(db);
  for (const Kind& kind : all_kinds()) {
    std::vector<Place> places;
    for (const Source& source : sources) {
      if (source.kind != kind.name) continue;
      const auto more = places_of(source);
      places.insert(places.end(), more.begin(), more.end());
    }
    if (kind.oldest_first) {
      for (Place& place : places) place.time = time_of(place.text);
      std::ranges::stable_sort(places, {}, &Place::time);
    }
    std::int64_t lines = 0;
    for (const Place& place : places) {
      read_line(context, kind, place, faults);
      bytes += place.text.size() + 1;
      if (++lines % kLinesAStep != 0) continue;
      if (options.stop.stop_requested()) throw core::unavailable("The import was broken off; nothing was imported.");
      if (options.progress) options.progress(bytes);
    }
    if (lines > 0) counts.push_back({kind.name, lines});
  }
  faults.check();
  if (fresh) {
    search::make(db);
  } else {
    search::catch_up(db);  // a database at rest has no server that would do it at the commit
  }
  transaction.commit();
  return counts;
}

bool is_empty(storage::Database& db) {
  const bool agents = db.exists(R"sql(SELECT 1 FROM agents LIMIT 1)sql");
  const bool posts = db.exists(R"sql(SELECT 1 FROM posts LIMIT 1)sql");
  const bool organizations = db.exists(R"sql(SELECT 1 FROM organizations LIMIT 1)sql");
  return !agents && !posts && !organizations;
}

}  // namespace archive
