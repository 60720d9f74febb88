// Readers that keep their view of the file mapped while the writer commits.
#pragma once

struct sqlite3;

namespace storage {

// SQLite unmaps the whole file at the first read after each commit, because another process might have cut it. Where
// the writer of this process is the only one there is, and never makes the file smaller, the mapping stays good: what
// grew beyond it is read as without one, until that is worth a new mapping. For a connection that was just opened, on
// the thread that opened it; without effect where its VFS maps nothing.
// Source: pagerBeginReadTransaction in SQLite's pager.c, xFetch and xUnfetch in sqlite3_io_methods.
void keep_mapped(sqlite3* connection);

}  // namespace storage
