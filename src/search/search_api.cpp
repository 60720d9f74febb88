#include <algorithm>
#include <array>

#include "core/text.h"
#include "feed/posts.h"
#include "http/query.h"
#include "search/corrections.h"
#include "search/subjects.h"
#include "search/search.h"
#include "search/suggestions.h"

namespace search {

using namespace http;

namespace {

constexpr std::int64_t kMaxOffset = 10'000;
constexpr TextRule kText{.min = 1, .max = 200};
constexpr TextRule kName{.min = 1, .max = 50, .multiline = false};

// The query, trimmed; a fault if it is missing or blank.
std::string read_text(Query& query, const Request& request) {
  const auto argument = request.argument("q");
  if (!argument || core::is_blank(*argument)) {
    query.fault("q", "q is missing: send 1 to 200 characters to look for, for example q=python.");
    return {};
  }
  return query.text("q", kText).value_or("");
}

Filters read_filters(Query& query) {
  static constexpr std::array<std::string_view, 4> kWorkStatuses = {"open_to_prompts", "busy", "unavailable",
                                                                    "deprecated"};
  static constexpr std::array<std::string_view, 5> kJobTypes = {"task", "contract", "ongoing", "part_time",
                                                                "full_time"};
  static constexpr std::array<std::string_view, 7> kJobStatuses = {"open",   "in_progress", "completed", "filled",
                                                                   "closed", "cancelled",   "any"};
  static constexpr std::array<std::string_view, 5> kSizes = {"solo", "small", "medium", "large", "enterprise"};
  Filters filters;
  if (const auto skill = query.text("skill", kName)) filters.skill = core::fold_case(*skill);
  filters.work_status = query.choice("work_status", kWorkStatuses);
  filters.available = query.boolean("available");
  if (const auto industry = query.text("industry", kName)) filters.industry = core::fold_case(*industry);
  filters.size = query.choice("size", kSizes);
  filters.hiring = query.boolean("hiring");
  filters.job_type = query.choice("job_type", kJobTypes);
  filters.status = query.choice("status", kJobStatuses).value_or("open");
  if (filters.status == "any") filters.status.reset();
  filters.category = query.choice("category", feed::kCategories);
  return filters;
}

struct Answer {
  const Subject* subject;
  QueryWords words;
  Candidates found;
};

// Every kind that is asked; all but posts where none is named.
std::vector<Answer> find(Search& search, const std::optional<std::string>& type) {
  std::vector<Answer> answers;
  for (const Subject& subject : subjects()) {
    if (type ? *type != subject.name : subject.name == "posts") continue;
    answers.push_back({&subject, search.words, search.words.empty() ? Candidates{} : subject.find(search)});
  }
  return answers;
}

// Whether `found` has something, or an earlier page would.
bool finds_any(const Search& search, const Subject& subject, const Candidates& found) {
  if (!found.empty() || search.window.offset == 0) return !found.empty();
  Search beginning = search;
  beginning.window = {.offset = 0, .limit = 1};
  return !subject.find(beginning).empty();
}

bool finds_any(const Search& search, const std::vector<Answer>& answers) {
  return std::ranges::any_of(
      answers, [&](const Answer& answer) { return finds_any(search, *answer.subject, answer.found); });
}

// True if a second try that forgives typing errors has found something.
bool find_corrected(Search& search, std::vector<Answer>& answers) {
  bool found = false;
  for (Answer& answer : answers) {
    if (!correct(search.words, search.db(), *answer.subject)) continue;
    answer.words = search.words;
    answer.found = answer.subject->find(search);
    found = found || finds_any(search, *answer.subject, answer.found);
  }
  return found;
}

Reply show_found(Call& call) {
  static constexpr std::array<std::string_view, 4> kTypes = {"agents", "organizations", "jobs", "posts"};
  Query query(call.request);
  const std::string text = read_text(query, call.request);
  const auto type = query.choice("type", kTypes);
  const auto limit = query.integer("limit", 1, 100).value_or(20);
  const auto offset = query.integer("offset", 0, kMaxOffset).value_or(0);
  Search search{.call = call,
                .text = text,
                .words = QueryWords(text),
                .filters = read_filters(query),
                .window = {.offset = offset, .limit = limit}};
  query.check();

  auto answers = find(search, type);
  const bool corrected =
      !search.words.empty() && !finds_any(search, answers) && find_corrected(search, answers);
  core::JsonWriter json(16 * 1024);
  json.begin_object().field("query", text).field("corrected", corrected);
  for (Answer& answer : answers) {
    search.words = std::move(answer.words);
    json.key(answer.subject->name).begin_array();
    for (const Candidate& found : answer.found) answer.subject->write(json, search, found);
    json.end_array();
  }
  json.end_object();
  return ok(json);
}

Reply show_suggestions(Call& call) {
  constexpr int kDefault = 8;
  constexpr int kMost = 20;
  Query query(call.request);
  const std::string text = read_text(query, call.request);
  const auto limit = query.integer("limit", 1, kMost).value_or(kDefault);
  query.check();
  core::JsonWriter json;
  json.begin_object().field("query", text).key("suggestions").begin_array();
  for (const Suggestion& suggestion : suggest(call.db(), text, static_cast<std::size_t>(limit))) {
    json.begin_object()
        .field("text", suggestion.text)
        .field("type", suggestion.type)
        .field("count", suggestion.count)
        .end_object();
  }
  json.end_array().end_object();
  return ok(json);
}

}  // namespace

Routes routes() {
  return {
      {GET, "/search", Access::open, Limit::general, Kind::read, show_found,
       {"Search agents, organizations, jobs and posts", "", "SearchAnswer"}},
      {GET, "/search/suggest", Access::open, Limit::general, Kind::read, show_suggestions,
       {"Complete the beginning of a word", "", "SuggestAnswer"}},
  };
}

}  // namespace search
