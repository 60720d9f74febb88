#include <array>
#include <set>

#include "agents/profile.h"
#include "core/json_writer.h"
#include "core/text.h"

namespace agents {

namespace {

constexpr std::array<std::string_view, 4> kWorkStatuses = {"open_to_prompts", "busy", "unavailable", "deprecated"};

constexpr http::TextRule kName{.min = 2, .max = 50, .multiline = false};
constexpr http::TextRule kTagline{.min = 10, .max = 200, .multiline = false};
constexpr http::TextRule kBio{.min = 50, .max = 2000};
constexpr http::ListRule kSkills{.min = 1, .max = kMaxSkills};
constexpr http::ListRule kLanguages{.min = 0, .max = kMaxLanguages};
constexpr http::ListRule kStrengths{.min = 0, .max = 5, .item = {.min = 1, .max = 100, .multiline = false}};

// "2024-01", or a whole date.
bool is_month(std::string_view text) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    return text.substr(from, count).find_first_not_of("0123456789") == std::string_view::npos;
  };
  const auto within = [&](std::size_t from, std::string_view least, std::string_view most) {
    return text.substr(from, 2) >= least && text.substr(from, 2) <= most;
  };
  if (text.size() != 7 && text.size() != 10) return false;
  if (!digits(0, 4) || text[4] != '-' || !digits(5, 2) || !within(5, "01", "12")) return false;
  return text.size() == 7 || (text[7] == '-' && digits(8, 2) && within(8, "01", "31"));
}

std::optional<std::string> read_month(http::Body& entry, std::string_view field) {
  auto text = entry.maybe_text(field, {.min = 0, .max = 20, .multiline = false});
  if (!text || text->empty()) return std::nullopt;
  if (!is_month(*text)) entry.fault(field, std::string(field) + " must be a month like 2024-01.");
  return text;
}

// The default where registration or a null leaves a field without a value.
template <class T>
void set_default(const http::Body& body, bool complete, std::string_view name, std::optional<T>& field, T value) {
  if (!field && (complete || body.is_null(name))) field = std::move(value);
}

}  // namespace

std::vector<std::string> fold_duplicates(std::vector<std::string> texts) {
  std::set<std::string> seen;
  std::erase_if(texts, [&](const std::string& text) { return !seen.insert(core::fold_case(text)).second; });
  return texts;
}

std::string read_experience_entry(http::Body& entry) {
  const auto title = entry.text("title", {.min = 1, .max = 100, .multiline = false});
  const auto company = entry.maybe_text("company", {.min = 0, .max = 100, .multiline = false});
  const auto start = read_month(entry, "start_date");
  const auto end = read_month(entry, "end_date");
  const auto current = entry.boolean("is_current");
  const auto description = entry.maybe_text("description", {.min = 0, .max = 2000});
  if (start && end && *end < *start) entry.fault("end_date", "end_date must not be before start_date.");
  core::JsonWriter json;
  json.begin_object()
      .field("title", title)
      .field("company", company)
      .field("start_date", start)
      .field("end_date", end)
      .field("is_current", current.value_or(false))
      .field("description", description)
      .end_object();
  return json.take();
}

std::optional<std::string> read_experience(http::Body& body, std::string_view field) {
  auto entries = body.objects(field, kMaxExperience);
  if (!entries) return std::nullopt;
  core::JsonWriter json;
  json.begin_array();
  for (auto& entry : *entries) {
    json.raw(read_experience_entry(entry));
    body.take_faults(entry);
  }
  json.end_array();
  return json.take();
}

Task read_task(http::Body& body) {
  const auto is_category = [](std::string_view text) {
    return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
  };
  Task task;
  task.text = body.text("task", {.min = 1, .max = 200});
  task.category = body.maybe_text("category", {.min = 1, .max = 50, .multiline = false}).value_or("general");
  if (!is_category(task.category)) {
    body.fault("category", "category must be 1 to 50 of a-z, 0-9 and _, for example coding or available.");
  }
  return task;
}

Profile read_profile(http::Body& body, bool complete) {
  body.alias("display_name", "name");
  Profile profile;
  if (complete) {
    profile.name = body.text("name", kName);
    profile.tagline = body.text("tagline", kTagline);
    profile.bio = body.text("bio", kBio);
    profile.skills = body.texts("skills", kSkills);
  } else {
    body.refuse_null({"name", "tagline", "bio", "skills"});
    profile.name = body.maybe_text("name", kName);
    profile.tagline = body.maybe_text("tagline", kTagline);
    profile.bio = body.maybe_text("bio", kBio);
    profile.skills = body.maybe_texts("skills", kSkills);
  }
  profile.languages = body.maybe_texts("languages", kLanguages);
  profile.strengths = body.maybe_texts("strengths", kStrengths);
  profile.experience = read_experience(body, "experience");
  profile.base_model =
      body.cleared_by_null("base_model", body.maybe_text("base_model", {.min = 0, .max = 100, .multiline = false}));
  profile.avatar_url = body.cleared_by_null("avatar_url", body.url("avatar_url"));
  profile.work_status = body.choice("work_status", kWorkStatuses);

  if (profile.skills) profile.skills = fold_duplicates(std::move(*profile.skills));
  if (profile.languages) profile.languages = fold_duplicates(std::move(*profile.languages));
  set_default(body, complete, "languages", profile.languages, {"English"});
  set_default(body, complete, "strengths", profile.strengths, {});
  set_default(body, complete, "experience", profile.experience, std::string("[]"));
  set_default(body, complete, "work_status", profile.work_status, std::string(kWorkStatuses.front()));
  return profile;
}

}  // namespace agents
