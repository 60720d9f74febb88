#include "storage/functions.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>

#include "core/json_strings.h"
#include "core/text.h"
#include "core/words.h"
#include "storage/failure.h"

namespace storage {
namespace {

fts5_api* fts5_of(sqlite3* connection) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(connection, "SELECT fts5(?1)", -1, &statement, nullptr);
  if (code == SQLITE_OK) {
    sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
    code = sqlite3_finalize(statement);
  }
  if (api == nullptr) raise(connection, code == SQLITE_OK ? SQLITE_ERROR : code, "fts5()");
  return api;
}

// The tokenizer has no state; FTS5 wants an object all the same.
Fts5Tokenizer* no_state() {
  static char state = 0;
  return reinterpret_cast<Fts5Tokenizer*>(&state);
}

int create_words(void*, const char**, int, Fts5Tokenizer** tokenizer) {
  *tokenizer = no_state();
  return SQLITE_OK;
}

void delete_words(Fts5Tokenizer*) {}

using Token = int (*)(void* context, int flags, const char* token, int length, int begin, int end);

int tokenize_marked(std::string_view text, void* context, Token token) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const int code = token(context, 0, text.data() + begin, static_cast<int>(end - begin), static_cast<int>(begin),
                           static_cast<int>(end));
    if (code != SQLITE_OK) return code;
    begin = end + 1;
  }
  return SQLITE_OK;
}

int tokenize(Fts5Tokenizer*, void* context, int flags, const char* text, int length, Token token) try {
  if ((flags & FTS5_TOKENIZE_QUERY) != 0) return token(context, 0, text, length, 0, length);
  if (length > 0 && text[0] == kMark) return tokenize_marked({text, static_cast<std::size_t>(length)}, context, token);
  core::WordReader words(std::string_view(text, static_cast<std::size_t>(length)));
  while (words.next()) {
    const int code = token(context, 0, words.term().data(), static_cast<int>(words.term().size()),
                           static_cast<int>(words.begin()), static_cast<int>(words.end()));
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
} catch (const std::bad_alloc&) {
  return SQLITE_NOMEM;
}

constexpr std::uint8_t kInFull = 100;  // percent

void match_weight(const Fts5ExtensionApi* api, Fts5Context* row, sqlite3_context* result, int count,
                  sqlite3_value** arguments) {
  const auto* plan = count == 1 ? static_cast<const std::uint8_t*>(sqlite3_value_blob(arguments[0])) : nullptr;
  const int phrases = api->xPhraseCount(row);
  const int columns = plan != nullptr ? plan[0] : 0;
  if (plan == nullptr || sqlite3_value_bytes(arguments[0]) != 1 + columns + 2 * phrases) {
    sqlite3_result_error(result, "match_weight: the plan does not fit the expression", -1);
    return;
  }
  const std::uint8_t* weights = plan + 1;
  const std::uint8_t* meanings = weights + columns;

  std::array<int, kNoWord> best;
  std::array<std::uint16_t, kNoWord> standing;
  std::size_t words = 0;
  for (int phrase = 0; phrase < phrases; ++phrase) {
    const std::size_t word = meanings[2 * phrase];
    if (word == kNoWord) continue;
    for (; words <= word; ++words) best[words] = standing[words] = 0;
    Fts5PhraseIter at;
    int column = 0;
    const int code = api->xPhraseFirstColumn(row, phrase, &at, &column);
    if (code != SQLITE_OK) {
      sqlite3_result_error_code(result, code);
      return;
    }
    for (; column >= 0 && column < columns; api->xPhraseNextColumn(row, &at, &column)) {
      best[word] = std::max(best[word], weights[column] * meanings[2 * phrase + 1]);
      if (column < 15) standing[word] = static_cast<std::uint16_t>(standing[word] | 1 << column);
      if (meanings[2 * phrase + 1] == kInFull) standing[word] = static_cast<std::uint16_t>(standing[word] | kAllWhole);
    }
  }
  std::int64_t weight = 0;
  unsigned in_all = words > 0 ? 0xFFFF : 0;
  for (std::size_t word = 0; word < words; ++word) {
    weight += best[word];
    in_all &= standing[word];
  }
  sqlite3_result_int64(result, weight << 16 | in_all);
}

void fold(sqlite3_context* result, int, sqlite3_value** arguments) try {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
  if (text == nullptr) return;
  const std::string folded = core::fold_case({text, static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]))});
  sqlite3_result_text64(result, folded.data(), folded.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
} catch (const std::bad_alloc&) {
  sqlite3_result_error_nomem(result);
}

void mark_words(sqlite3_context* result, int, sqlite3_value** arguments) try {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
  if (text == nullptr) return;
  std::string marked;
  core::WordReader words(std::string_view(text, static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]))));
  while (words.next()) {
    if (!marked.empty()) marked += ' ';
    marked += kMark;
    marked += words.term();
  }
  sqlite3_result_text64(result, marked.data(), marked.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
} catch (const std::bad_alloc&) {
  sqlite3_result_error_nomem(result);
}

void json_strings(sqlite3_context* result, int, sqlite3_value** arguments) try {
  const auto* json = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
  if (json == nullptr) return;
  const std::string strings =
      core::json_strings({json, static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]))}, " ");
  sqlite3_result_text64(result, strings.data(), strings.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
} catch (const std::bad_alloc&) {
  sqlite3_result_error_nomem(result);
}

void magnitude(sqlite3_context* result, int, sqlite3_value** arguments) {
  const auto number = sqlite3_value_int64(arguments[0]);
  sqlite3_result_int64(result, number <= 0 ? 0 : 1 + static_cast<int>(4 * std::log2(static_cast<double>(number))));
}

}  // namespace

void add_functions(sqlite3* connection) {
  fts5_api* fts5 = fts5_of(connection);
  fts5_tokenizer words{create_words, delete_words, tokenize};
  int code = fts5->xCreateTokenizer(fts5, "words", nullptr, &words, nullptr);
  if (code == SQLITE_OK) code = fts5->xCreateFunction(fts5, "match_weight", nullptr, match_weight, nullptr);
  using Function = void (*)(sqlite3_context*, int, sqlite3_value**);
  static constexpr std::pair<const char*, Function> kFunctions[] = {
      {"fold", fold}, {"json_strings", json_strings}, {"magnitude", magnitude}, {"mark_words", mark_words}};
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  for (const auto& [name, function] : kFunctions) {
    if (code != SQLITE_OK) break;
    code = sqlite3_create_function_v2(connection, name, 1, kFlags, nullptr, function, nullptr, nullptr, nullptr);
  }
  if (code != SQLITE_OK) raise(connection, code, "the functions of schema.sql");
}

}  // namespace storage
