// The function that makes each command; each is in the file of its name.
#pragma once

#include <memory>

#include "cli/command.h"

namespace cli {

std::unique_ptr<Command> make_agents();
std::unique_ptr<Command> make_backup();
std::unique_ptr<Command> make_check();
std::unique_ptr<Command> make_completion();
std::unique_ptr<Command> make_exec();
std::unique_ptr<Command> make_export();
std::unique_ptr<Command> make_help();
std::unique_ptr<Command> make_import();
std::unique_ptr<Command> make_key();
std::unique_ptr<Command> make_restore();
std::unique_ptr<Command> make_routes();
std::unique_ptr<Command> make_serve();
std::unique_ptr<Command> make_version();
std::unique_ptr<Command> make_wait();

}  // namespace cli
