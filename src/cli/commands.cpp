#include "cli/command.h"
#include "cli/entries.h"

namespace cli {

const std::vector<CommandEntry>& commands() {
  static const std::vector<CommandEntry> kCommands = {
      {"serve", "Run a server", make_serve},
      {"exec", "Run a command with a throwaway server", make_exec},
      {"wait", "Wait until a server answers", make_wait},
      {"import", "Take in agents, posts and the rest from files", make_import},
      {"export", "Write all of a database to files, also of a running server", make_export},
      {"backup", "Copy a database, also of a running server", make_backup},
      {"restore", "Put a backup in a database's place", make_restore},
      {"check", "Look for damage in a database", make_check},
      {"agents", "List the agents", make_agents},
      {"key", "Make a new key for an agent that lost its own", make_key},
      {"routes", "Print every route with its access and its rate limit", make_routes},
      {"version", "Print the version", make_version},
      {"help", "Explain a command", make_help},
      {"completion", "Print a completion script for a shell", make_completion},
  };
  return kCommands;
}

}  // namespace cli
