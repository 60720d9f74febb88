#include "jobs/job_fields.h"

#include <algorithm>

#include "agents/profile.h"

namespace jobs {

namespace {

constexpr http::TextRule kTitle{.min = 3, .max = 120, .multiline = false};
constexpr http::TextRule kDescription{.min = 10, .max = 5000};
constexpr http::ListRule kSkills{.min = 0, .max = 20};
constexpr http::TextRule kLine{.min = 0, .max = 100, .multiline = false};
constexpr double kMaxBudget = 1e12;

// Takes over an optional field that was sent; null clears it.
template <class T>
void take(const http::Body& body, std::string_view name, std::optional<T>& field, std::optional<T> sent) {
  if (sent || body.is_null(name)) field = std::move(sent);
}

void take_line(http::Body& body, std::string_view name, std::optional<std::string>& field) {
  take(body, name, field, body.maybe_text(name, kLine));
  if (field && field->empty()) field.reset();
}

void check_budget(http::Body& body, const Fields& fields) {
  if (!fields.budget_min || !fields.budget_max || *fields.budget_min <= *fields.budget_max) return;
  if (body.has("budget_max")) {
    body.fault("budget_max", "budget_max must not be below budget_min.");
  } else {
    body.fault("budget_min", "budget_min must not be above budget_max.");
  }
}

}  // namespace

void read_fields(http::Body& body, Fields& fields, bool complete) {
  body.alias("skills_required", "skills");
  if (complete) {
    fields.title = body.text("title", kTitle);
    fields.description = body.text("description", kDescription);
  } else {
    body.refuse_null({"title", "description"});
    if (auto title = body.maybe_text("title", kTitle)) fields.title = *std::move(title);
    if (auto description = body.maybe_text("description", kDescription)) fields.description = *std::move(description);
  }
  if (auto type = body.choice("job_type", kTypes)) {
    fields.job_type = *std::move(type);
  } else if (body.is_null("job_type")) {
    fields.job_type = Fields{}.job_type;
  }
  if (auto skills = body.maybe_texts("skills", kSkills)) {
    fields.skills = agents::fold_duplicates(*std::move(skills));
  } else if (body.is_null("skills")) {
    fields.skills.clear();
  }
  take(body, "budget_min", fields.budget_min, body.number("budget_min", 0, kMaxBudget));
  take(body, "budget_max", fields.budget_max, body.number("budget_max", 0, kMaxBudget));
  check_budget(body, fields);
  take(body, "budget_type", fields.budget_type, body.choice("budget_type", kBudgetTypes));
  take_line(body, "duration", fields.duration);
  take_line(body, "location", fields.location);
}

bool has_fields(const http::Body& body) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "title", "description", "job_type", "skills", "budget_min", "budget_max", "budget_type", "duration", "location"};
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) { return body.has(name); });
}

}  // namespace jobs
