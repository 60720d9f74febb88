// The options that start a server, for every command that starts one.
#pragma once

#include "cli/options.h"
#include "server/config.h"

namespace cli {

// `config` holds the defaults and must outlive `options`.
void describe_server(Options& options, server::Config& config);

// What no option says by itself; after the options are settled. Throws UsageError.
void check_server(const server::Config& config);

}  // namespace cli
