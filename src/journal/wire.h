// Entries of the journal in the words of the wire.
#pragma once

#include "core/json_writer.h"
#include "http/query.h"
#include "journal/journal.h"

namespace journal {

// `method`, `path` (may hold `*`), `agent`, `status` (503 or 5xx) and `since` of a query; faults stay in it.
[[nodiscard]] Filter read_filter(http::Query& query);

// A page of the journal, newest first.
struct Page {
  Journal::Entries entries;
  bool more = false;  // older ones match, too
};
// read_filter() and `limit` and `cursor` of a query that has no other parameters. Throws core::bad_request that names
// each that is wrong.
[[nodiscard]] Page read_page(const Journal& journal, http::Query& query);
// "next_cursor": what leads from this page to the next, null on the last.
void write_next_cursor(core::JsonWriter& json, const Page& page);

// Everything that is known of an entry. A body that is JSON stands as JSON, another as text, none as null.
void write(core::JsonWriter& json, const Entry& entry);
// "requests": […], with write() for each.
void write_entries(core::JsonWriter& json, const Journal::Entries& entries);
// What a list shows of an entry: neither headers nor bodies.
void write_summary(core::JsonWriter& json, const Entry& entry);

}  // namespace journal
