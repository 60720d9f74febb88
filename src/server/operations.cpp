#include "server/operations.h"

#include <algorithm>

#include "agents/agents.h"
#include "agents/keys.h"
#include "core/error.h"
#include "core/json_writer.h"
#include "search/search.h"
#include "server/counters.h"

namespace server {
namespace {

// Whether the operation has this one argument, which is all that some take.
bool has_flag(const Operation& operation, std::string_view flag) {
  return !operation.arguments.empty() && operation.arguments.front() == flag;
}

void stop_if_asked(const std::stop_token& stop) {
  if (stop.stop_requested()) throw core::unavailable("The server stopped before it was done.");
}

const std::string& argument(const Operation& operation) {
  if (operation.arguments.size() == 1) return operation.arguments.front();
  throw core::bad_request("\"" + operation.name + "\" takes one argument.");
}

void list_agents(storage::Database& db, bool as_json, const Print& print) {
  constexpr std::size_t kHandleWidth = 30;
  for (auto row = db.query(R"sql(
           SELECT handle, name, created_at
           FROM agents
           ORDER BY created_at, id)sql");
       row.step();) {
    if (as_json) {
      core::JsonWriter json;
      json.begin_object().field("handle", row.text(0)).field("name", row.text(1));
      json.time_field("created_at", row.integer(2)).end_object();
      print(json.text());
    } else {
      std::string line = row.string(0);
      line.resize(std::max(line.size(), kHandleWidth), ' ');
      print(line + "  " + core::format_time(row.integer(2)) + "  " + row.string(1));
    }
  }
}

void print_counts(const std::vector<archive::Count>& counts, const Print& print) {
  constexpr std::size_t kKindWidth = 22;
  for (const archive::Count& count : counts) {
    std::string line(count.kind);
    line.resize(std::max(line.size(), kKindWidth), ' ');
    print(line + std::to_string(count.lines));
  }
}

// Tells findings from the line that says that there are none.
class Findings {
 public:
  explicit Findings(const Print& print) : print_(print) {}
  void add(std::string_view line) {
    print_(line);
    ++count_;
  }
  void add_all(std::int64_t count) { count_ += count; }
  void finish() const {
    if (count_ == 0) {
      print_("ok");
      return;
    }
    throw core::conflict("The database has " + std::to_string(count_) + (count_ == 1 ? " fault" : " faults") +
                         ". Restore a backup, or export it and import that into a new file.");
  }

 private:
  const Print& print_;
  std::int64_t count_ = 0;
};

void check_pages(storage::Database& db, Findings& findings) {
  for (auto row = db.query(R"sql(PRAGMA integrity_check(100))sql"); row.step();) {
    if (row.text(0) != "ok") findings.add("integrity: " + row.string(0));
  }
}

void check_references(storage::Database& db, Findings& findings) {
  constexpr std::int64_t kShown = 100;
  for (auto row = db.query(R"sql(
           SELECT "table", rowid, parent
           FROM pragma_foreign_key_check
           LIMIT ?1)sql",
                           kShown);
       row.step();) {
    findings.add("foreign key: row " + (row.is_null(1) ? "?" : std::to_string(row.integer(1))) + " of " +
                 row.string(0) + " refers to a missing row of " + row.string(2));
  }
}

}  // namespace

void check(const Inspected& inspected, const Print& print, const std::stop_token& stop) {
  Findings findings(print);
  const auto step = [&](const Inspected::With& with, const std::function<void(storage::Database&)>& part) {
    stop_if_asked(stop);
    try {
      with(part);
    } catch (const storage::Failure& failure) {  // damage that a query ran into
      findings.add(std::string("damaged: ") + failure.what());
    }
  };
  step(inspected.reading, [&](storage::Database& db) { check_pages(db, findings); });
  step(inspected.reading, [&](storage::Database& db) { check_references(db, findings); });
  step(inspected.reading, [&](storage::Database& db) {
    findings.add_all(recount(db, print, [&] { stop_if_asked(stop); }));
  });
  step(inspected.writing, [&](storage::Database& db) {
    for (const std::string& sentence : search::check(db)) findings.add("search: " + sentence);
  });
  findings.finish();
}

void import(storage::Store& store, core::Random& random, const archive::Files& files,
            const std::function<void(std::size_t bytes)>& progress, const Print& print, const std::stop_token& stop) {
  const core::AdjustableClock clock;
  std::vector<archive::Count> counts;
  try {
    store.between_batches([&](storage::Database& db) {
      counts = archive::import(db, random, files.sources(), {.now = clock.now(), .progress = progress, .stop = stop});
    });
  } catch (const archive::Refused& refused) {
    for (const std::string& line : refused.shown()) print(line);
    throw core::conflict(refused.what());
  }
  // Many rows at once: what would be done little by little between requests is done now.
  store.between_batches([](storage::Database& db) { search::Upkeep().finish(db); });
  print_counts(counts, print);
}

void operate(storage::Store& store, core::Random& random, const Operation& operation, const Print& print,
             const std::stop_token& stop) {
  if (operation.name == "agents") {
    store.read([&](storage::Database& db) { list_agents(db, has_flag(operation, "--json"), print); });
  } else if (operation.name == "backup") {
    storage::backup(store, argument(operation), stop);
  } else if (operation.name == "check") {
    if (has_flag(operation, "--rebuild")) store.between_batches(search::rebuild);
    check({.reading = [&](const auto& action) { store.read(action); },
           .writing = [&](const auto& action) { store.between_batches(action); }},
          print, stop);
  } else if (operation.name == "export") {
    if (operation.arguments.empty()) throw core::bad_request("\"export\" takes the path of a folder.");
    const bool with_secrets = operation.arguments.back() == "--with-secrets";
    store.read([&](storage::Database& db) {
      print_counts(archive::write_folder(db, operation.arguments.front(), {with_secrets, stop}), print);
    });
  } else if (operation.name == "import") {
    import(store, random, archive::Files(operation.arguments), {}, print, stop);
  } else if (operation.name == "key") {
    std::string key;
    store.write_and_wait([&](storage::Database& db) {
      const auto agent = agents::find(db, argument(operation));
      if (!agent) {
        throw core::not_found("There is no agent with the handle \"" + argument(operation) +
                              "\". clankdin agents lists those that there are.");
      }
      key = agents::give_key(db, *agent, random);
    });
    print(key);
  } else {
    throw core::bad_request("This server knows no operation \"" + operation.name + "\".");
  }
}

}  // namespace server
