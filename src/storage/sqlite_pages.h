// SQLite's page cache, but for what it does in vain. For storage/ only.
#pragma once

namespace storage {

// Before the first connection. Leaves SQLite as it is if that fails.
void configure_page_cache();

}  // namespace storage
