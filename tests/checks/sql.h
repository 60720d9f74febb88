// Every SQL statement of the program against the schema: it must compile, and its plan must stay flat while tables
// grow.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "checks/sources.h"

struct sqlite3;

namespace checks {

// One literal R"sql(…)sql".
struct SqlLiteral {
  std::string path;
  std::size_t line;
  std::string text;
};
[[nodiscard]] std::vector<SqlLiteral> sql_literals(const Source& source);

// String literals that look like SQL but are not written R"sql(…)sql", so that no check would ever see them.
[[nodiscard]] std::vector<std::string> stray_sql(const Source& source);

// Refuses, each with a sentence: what does not compile; parameters that are not numbered ?1, ?2, … without a gap;
// plans that read a whole table, build an index on the way, or sort everything before a LIMIT cuts.
class PlanCheck {
 public:
  // `schema`: a script for an empty database.
  explicit PlanCheck(std::string_view schema);
  ~PlanCheck();

  [[nodiscard]] std::vector<std::string> faults(const SqlLiteral& literal) const;

 private:
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> db_;
};

// A literal that may read a whole table, and why. It is known by a part of its text.
struct PlanException {
  std::string_view path;
  std::string_view part;
  std::string_view reason;
};
[[nodiscard]] bool covers(const PlanException& exception, const SqlLiteral& literal);

}  // namespace checks
