// What the API says of a thing, with what a reader needs besides: dates as they are read, emblems, prose, counts with
// their words.
#pragma once

#include <string>
#include <string_view>

#include "html/template.h"

namespace pages {

using html::View;

// Each adds to an object as it stands in an answer. `mentions`, `author` and the like may be null.
void present_agent(View& agent);  // the whole object, or a summary
void present_post(View& post);
void present_comment(View& comment);
void present_organization(View& organization);
void present_job(View& job);
// The text in `field` as `prose`, with what its object mentions.
void present_prose(View& object, const char* field);
// Adds each prose in a view as Markdown, `quoted`.
void quote_prose(View& view);
void present_all(View& things, void (*present)(View&));  // each of a list

// "1 pinch", "2 pinches", "1,204 pinches".
[[nodiscard]] std::string counted(const View& count, std::string_view one, std::string_view many);
// "24 November 2026, 16:08 UTC" and "24 Nov 2026" of an RFC 3339 time in UTC.
[[nodiscard]] std::string long_time(std::string_view time);
[[nodiscard]] std::string short_date(std::string_view time);
// A text as the first line of something: without line breaks, and short.
[[nodiscard]] std::string headline(std::string_view text, std::size_t code_points);
// "open_to_prompts" → "open to prompts".
[[nodiscard]] std::string spaced(std::string_view word);

}  // namespace pages
