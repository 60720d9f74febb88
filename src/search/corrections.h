// The one more try that forgives typing errors.
#pragma once

#include "search/subjects.h"

namespace search {

// Gives each word of the query that is nowhere in the kind's index the words of the index that are one typing error
// away: a letter too many, missing, wrong, or two swapped. The last word may also be the beginning of such a word.
// Returns false, and changes nothing, if there is no such word or one of them has no correction.
[[nodiscard]] bool correct(QueryWords& words, storage::Database& db, const Subject& subject);

}  // namespace search
