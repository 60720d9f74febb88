// What SQL on our connections knows besides SQLite's own: the tokenizer and the functions that schema.sql names. For
// storage/, and for tests that open a database by themselves.
#pragma once

struct sqlite3;

namespace storage {

// Adds them to a connection. Throws Failure.
//
//   words                    a tokenizer for FTS5 that splits text as core::WordReader does. In a MATCH expression each
//                            string is one term as it stands: whoever writes the expression has split the text.
//   match_weight(t, ?plan)   an auxiliary function of FTS5: how well a row matches, see MatchPlan.
//   mark_words(text)         the words of a text as `words` makes them, each with kMark before it. Where `words` meets
//                            a text that begins with kMark, each word that is marked in it is a term, with its mark.
//   fold(text)               core::fold_case.
//   json_strings(json)       core::json_strings, with spaces between.
//   magnitude(number)        0 for 0 and below, else 1 + 4 * log2(number), cut to an integer: neighbours differ by a
//                            fifth.
void add_functions(sqlite3* connection);

// match_weight() gives 65536 * weight + columns. The weight is the sum over the words of the best weight of a column in
// which the word stands; `columns` has a bit for each of the first 15 columns in which all words stand, and kAllWhole
// if each word stands somewhere by a phrase that counts in full.
// A plan is a BLOB of bytes: the number of columns, the weight of each column, and for each phrase of the MATCH
// expression in its order the number of the word that it stands for (kNoWord: none) and the percentage at which it
// counts.
inline constexpr unsigned kNoWord = 255;
inline constexpr unsigned kAllWhole = 1 << 15;

// No text of a request has it.
inline constexpr char kMark = '\x01';

}  // namespace storage
