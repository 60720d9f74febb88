// How SQLite allocates memory in this process. For storage/ only.
#pragma once

namespace storage {

// Before the first connection; does nothing when it is called again. Fails harmlessly if SQLite is in use already. From
// any thread.
void configure_sqlite();

}  // namespace storage
