#include "cli/operator.h"

#include <filesystem>
#include <functional>
#include <iostream>

#include "core/error.h"
#include "core/random.h"
#include "server/control.h"

namespace cli {
namespace {

void print_line(std::string_view line) { std::cout << line << '\n'; }

}  // namespace

// A server that is just starting has the file before it listens.
void reach(const std::string& database, const server::Operation& operation, const server::Print& print,
           const std::function<void()>& do_here) {
  if (server::ask(database, operation, print)) return;
  try {
    do_here();
  } catch (const storage::Failure& failure) {
    if (failure.kind() != storage::FailureKind::busy || !server::ask(database, operation, print)) throw;
  }
}

std::string absolute(const std::string& path) { return std::filesystem::absolute(path).string(); }

storage::StoreOptions at_rest(const std::string& path) {
  if (!std::filesystem::exists(path)) {
    throw core::not_found("The database \"" + path + "\" does not exist. Name an existing file with --db.");
  }
  storage::StoreOptions options;
  options.location.path = path;
  options.readers = 1;
  return options;
}

void operate(const std::string& database, const server::Operation& operation) {
  reach(database, operation, print_line, [&] {
    storage::Store store(at_rest(database));
    core::SystemRandom random;
    server::operate(store, random, operation, print_line);
  });
}

void check(const std::string& database) {
  reach(database, {"check", {}}, print_line, [&] {
    storage::Database db(at_rest(database).location, storage::Database::Mode::read_write);
    const auto here = [&](const std::function<void(storage::Database&)>& action) { action(db); };
    server::check({.reading = here, .writing = here}, print_line);
  });
}

}  // namespace cli
