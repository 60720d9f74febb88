#include "checks/sql.h"

#include <sqlite3.h>

#include <regex>
#include <stdexcept>

#include "storage/functions.h"

namespace checks {

namespace {

using Statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

Statement prepare(sqlite3* db, std::string_view sql, const char** tail = nullptr) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement, tail);
  return {statement, &sqlite3_finalize};
}

std::string text(sqlite3_stmt* statement, int column) {
  return reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
}

bool exists(sqlite3* db, const std::string& query, const std::string& name) {
  const Statement statement = prepare(db, query);
  sqlite3_bind_text(statement.get(), 1, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
  return sqlite3_step(statement.get()) == SQLITE_ROW;
}

// True if `name`, a table or an alias of the statement `sql`, stands for a table of the schema rather than for a
// subquery or a WITH clause.
bool is_table(sqlite3* db, const std::string& sql, const std::string& name) {
  const std::string query = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1";
  if (exists(db, query, name)) return true;
  const std::regex alias("(?:FROM|JOIN|UPDATE|INTO|,)\\s+(\\w+)\\s+(?:AS\\s+)?" + name + "\\b", std::regex::icase);
  std::smatch match;
  return std::regex_search(sql, match, alias) && exists(db, query, match[1]);
}

// Why one line of a plan grows with its table; empty if it does not.
std::string objection(sqlite3* db, const std::string& sql, const std::string& step) {
  static const std::regex kScan(R"re(^SCAN (\w+)( USING (?:COVERING )?INDEX \w+)?( VIRTUAL TABLE INDEX \d+:.*)?.*$)re");
  static const std::regex kLimit(R"re(\bLIMIT\b)re", std::regex::icase);
  static const std::regex kFilter(R"re(\bWHERE\b)re", std::regex::icase);
  const bool limited = std::regex_search(sql, kLimit);

  if (step.find("USING AUTOMATIC") != step.npos) return "builds an index each time it runs";
  if (step.starts_with("USE TEMP B-TREE FOR") && step.find("ORDER BY") != step.npos && limited) {
    return "sorts every row before LIMIT cuts: it needs an index in this order";
  }
  std::smatch match;
  if (!std::regex_match(step, match, kScan)) return {};
  const std::string name = match[1];
  if (match[3].matched) {
    // A full-text index without MATCH; table-valued functions (json_each) are as long as their argument.
    return is_table(db, sql, name) && match[3].str().ends_with(":") ? "reads the whole of " + name : "";
  }
  if (!is_table(db, sql, name)) return {};
  // The first page of a list walks along its index, or its key, and stops.
  if (limited && !std::regex_search(sql, kFilter)) return {};
  return "reads the whole of " + name + ": it needs an index for its condition";
}

}  // namespace

std::vector<SqlLiteral> sql_literals(const Source& source) {
  constexpr std::string_view kBegin = "R\"sql(";
  constexpr std::string_view kEnd = ")sql\"";
  std::vector<SqlLiteral> found;
  const std::string_view all = source.text;
  for (std::size_t begin = all.find(kBegin); begin != all.npos; begin = all.find(kBegin, begin)) {
    const auto above = lines(all.substr(0, begin + 1));
    const std::size_t line = above.size();
    begin += kBegin.size();
    if (above.back().find("//") != std::string_view::npos) continue;
    const std::size_t end = std::min(all.find(kEnd, begin), all.size());
    found.push_back({source.path, line, std::string(all.substr(begin, end - begin))});
    begin = end;
  }
  return found;
}

std::vector<std::string> stray_sql(const Source& source) {
  static const std::regex kStatement(
      R"re("\s*(SELECT\s.*\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s))re"
      R"re(|"\s*(DELETE\s+FROM\s|WITH\s+\w+\s+AS\s))re");
  std::vector<std::string> faults;
  std::size_t number = 0;
  for (const std::string_view line : lines(source.text)) {
    ++number;
    if (line.find("R\"sql(") != line.npos) continue;
    if (std::regex_search(line.begin(), line.end(), kStatement)) {
      faults.push_back(fault(source.path, number, "has SQL outside of R\"sql(...)sql\", where no check sees it"));
    }
  }
  return faults;
}

PlanCheck::PlanCheck(std::string_view schema) : db_(nullptr, &sqlite3_close) {
  sqlite3* handle = nullptr;
  sqlite3_open(":memory:", &handle);
  db_.reset(handle);
  storage::add_functions(handle);
  if (sqlite3_exec(handle, std::string(schema).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(std::string("the schema does not compile: ") + sqlite3_errmsg(handle));
  }
}

PlanCheck::~PlanCheck() = default;

std::vector<std::string> PlanCheck::faults(const SqlLiteral& literal) const {
  std::vector<std::string> found;
  const auto refuse = [&](const std::string& why) { found.push_back(fault(literal.path, literal.line, why)); };

  const char* const end = literal.text.data() + literal.text.size();
  for (const char* next = literal.text.data(); next != end;) {
    const std::string_view sql(next, static_cast<std::size_t>(end - next));
    const char* tail = end;
    const Statement statement = prepare(db_.get(), sql, &tail);
    if (!statement) {
      // Nothing but space or a comment is no statement and no error.
      if (sqlite3_errcode(db_.get()) != SQLITE_OK) refuse(sqlite3_errmsg(db_.get()));
      break;
    }
    const std::string one(next, tail);
    next = tail;

    for (int index = 1; index <= sqlite3_bind_parameter_count(statement.get()); ++index) {
      const char* name = sqlite3_bind_parameter_name(statement.get(), index);
      if (name == nullptr || name != "?" + std::to_string(index)) {
        refuse("its parameter " + std::to_string(index) + " is not written ?" + std::to_string(index));
      }
    }

    const Statement plan = prepare(db_.get(), "EXPLAIN QUERY PLAN " + one);
    while (plan && sqlite3_step(plan.get()) == SQLITE_ROW) {
      const std::string step = text(plan.get(), 3);
      if (const std::string why = objection(db_.get(), one, step); !why.empty()) refuse(why + " (" + step + ")");
    }
  }
  return found;
}

bool covers(const PlanException& exception, const SqlLiteral& literal) {
  return literal.path == exception.path && literal.text.find(exception.part) != std::string::npos;
}

}  // namespace checks
