// Search and suggestions: GET /search and GET /search/suggest, and the care of the index. The index itself, FTS5 tables
// in the same database, is kept by triggers of schema.sql, and catch_up(), in the transaction that changes what they
// find.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "http/route.h"
#include "storage/database.h"

namespace search {

[[nodiscard]] http::Routes routes();

// The last step of each transaction, on the connection that writes: what was written in it gets into those indexes that
// are not kept by triggers alone.
void catch_up(storage::Database& db);

// Small periodic work on the writer's thread, for one store: merges the index's pieces (every commit adds one to each
// table that it changes), and puts rows whose standing has changed where they belong.
class Upkeep {
 public:
  // After each batch, and now and then without one; outside of any transaction. True while there is more to do.
  bool run(storage::Database& db);
  // All of it at once, after many rows were written (an import).
  void finish(storage::Database& db);

 private:
  std::int64_t changes_ = -1;  // of the connection, when it was left
  int batches_ = 0;            // since the last merge
  bool unmerged_ = true;
};

// Compares the index with its content, on a connection that can write, outside of any transaction; changes nothing.
// Returns a sentence for each part that is wrong. Takes time in proportion to the content.
[[nodiscard]] std::vector<std::string> check(storage::Database& db);
// For very many writes in one transaction, the caller's: takes the index away with all that keeps it, and makes it from
// what is there then. FTS5 writes out what it has gathered at every statement that has triggers; this is several times
// faster.
void drop(storage::Database& db);
void make(storage::Database& db);
// Makes the index anew from its content, in one transaction of its own, whatever state it is in.
void rebuild(storage::Database& db);

}  // namespace search
