// What an operator does with a database, whether a server has it (through its control socket) or not: the work of
// `clankdin agents`, `backup`, `check`, `export`, `import` and `key`.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "archive/folder.h"
#include "core/random.h"
#include "storage/store.h"

namespace server {

// Takes one line of output, without its end. May throw, which ends the operation.
using Print = std::function<void(std::string_view line)>;

struct Operation {
  std::string name;
  std::vector<std::string> arguments;
};

// agents [--json]     every agent, oldest first: handle, time of registration, name; or one JSON object a line
// backup FILE         see storage::backup(); FILE is absolute, since it is this process that writes it
// check [--rebuild]   see check(); --rebuild makes the search index anew before
// export DIR [--with-secrets]  see archive::write_folder(); prints how many there are of each kind
// import PATH...      see archive::import(); prints the same, or, where lines are wrong, what is wrong with them
// key HANDLE          a new key, which is all that is printed; the old one is dead with the commit
// Throws core::Error or storage::Failure with the sentence for the operator; a stop ends long work that way too.
void operate(storage::Store& store, core::Random& random, const Operation& operation, const Print& print,
             const std::stop_token& stop = {});

// Imports files, whose lines are the store's only when all of them are; writes wait meanwhile. Prints how many there
// are of each kind. Throws as operate() does, after it has printed what is wrong with which line.
void import(storage::Store& store, core::Random& random, const archive::Files& files,
            const std::function<void(std::size_t bytes)>& progress, const Print& print,
            const std::stop_token& stop = {});

// Where a check finds the database: each runs an action on a connection outside of any transaction of its own.
struct Inspected {
  using With = std::function<void(const std::function<void(storage::Database&)>& action)>;
  With reading;
  With writing;  // a connection that could write, which the search index needs to be checked
};

// Looks for damage: pages and indexes, references to missing rows, every counter against what it counts, the search
// index against its content. Changes nothing. Prints a line for each finding, or "ok"; throws core::Error that counts
// the findings if there are any.
void check(const Inspected& inspected, const Print& print, const std::stop_token& stop = {});

}  // namespace server
