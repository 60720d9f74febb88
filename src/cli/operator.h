// Commands for whoever runs a server: they work on a database that a server has as well as on one at rest.
#pragma once

#include <functional>
#include <string>

#include "server/operations.h"
#include "storage/store.h"

namespace cli {

// The path as another process finds it, too.
[[nodiscard]] std::string absolute(const std::string& path);

// How the database is opened at rest. Throws if there is no such file.
[[nodiscard]] storage::StoreOptions at_rest(const std::string& path);

// Has the server of `database` do it, whose lines `print` gets; calls `do_here` where none has the file.
void reach(const std::string& database, const server::Operation& operation, const server::Print& print,
           const std::function<void()>& do_here);

// Has the server of `database` do it, or does it here where none has the file. Lines go to standard output.
void operate(const std::string& database, const server::Operation& operation);

// The same for a check, which can look at a database that cannot be served any more.
void check(const std::string& database);

}  // namespace cli
