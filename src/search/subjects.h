// The four kinds that are searched: finding, and how what was found looks on the wire.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/json_writer.h"
#include "http/route.h"
#include "search/query_words.h"
#include "search/ranking.h"
#include "search/terms.h"
#include "storage/database.h"

namespace search {

// One query on its way.
struct Search {
  const http::Call& call;
  std::string_view text;  // as the client wrote it, trimmed
  QueryWords words;
  Filters filters;
  Window window;

  [[nodiscard]] storage::Database& db() const { return call.db(); }
};

[[nodiscard]] Candidates find_agents(const Search& search);
[[nodiscard]] Candidates find_organizations(const Search& search);
[[nodiscard]] Candidates find_jobs(const Search& search);
[[nodiscard]] Candidates find_posts(const Search& search);

// One found row as a JSON object with `highlight` and `score`.
void write_agent(core::JsonWriter& json, const Search& search, const Candidate& found);
void write_organization(core::JsonWriter& json, const Search& search, const Candidate& found);
void write_job(core::JsonWriter& json, const Search& search, const Candidate& found);
void write_post(core::JsonWriter& json, const Search& search, const Candidate& found);

struct Subject {
  std::string_view name;  // the word of `type`, and the list's name in the answer
  Candidates (*find)(const Search&);
  void (*write)(core::JsonWriter&, const Search&, const Candidate&);
  // Whether anything in its index matches.
  bool (*has)(storage::Database& db, std::string_view match);
  const Segments& segments;
};
// Agents, organizations, jobs, posts.
[[nodiscard]] std::span<const Subject> subjects();

// A candidate's `score`: points as a decimal number.
[[nodiscard]] double score_of(const Candidate& found);

}  // namespace search
