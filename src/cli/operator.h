// Commands for whoever runs a server: they work on a database that a server has as well as on one at rest.
#pragma once

#include <string>

#include "server/operations.h"
#include "storage/store.h"

namespace cli {

// The path as another process finds it, too.
[[nodiscard]] std::string absolute(const std::string& path);

// The database at rest, opened as a server would. Throws if there is no such file (nothing is made), or a server has it.
[[nodiscard]] storage::StoreOptions at_rest(const std::string& path);

// Has the server of `database` do it, or does it here where none has the file. Lines go to standard output.
void operate(const std::string& database, const server::Operation& operation);

// The same for a check, which must be able to look at a database that cannot be served any more.
void check(const std::string& database, const server::Operation& operation);

}  // namespace cli
