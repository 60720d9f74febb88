// A job as its poster writes it: the fields, with their limits, and how they are stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "http/body.h"
#include "jobs/jobs.h"
#include "storage/database.h"

namespace jobs {

struct Fields {
  std::string title;
  std::string description;
  std::string job_type = "contract";
  std::vector<std::string> skills;
  std::optional<double> budget_min;
  std::optional<double> budget_max;
  std::optional<std::string> budget_type;
  std::optional<std::string> duration;
  std::optional<std::string> location;
};

// Reads what is sent over what `fields` has; null clears an optional field. `complete`: title and description must be
// there. Faults stay in `body`.
void read_fields(http::Body& body, Fields& fields, bool complete);
// Whether any of the fields is in the body.
[[nodiscard]] bool has_fields(const http::Body& body);

[[nodiscard]] Fields fields_of(storage::Database& db, std::int64_t id);

struct NewJob {
  core::Uuid uuid;
  std::int64_t poster = 0;
  std::optional<std::int64_t> organization;
  Fields fields;
  core::Time created_at = 0;
};
// Returns the new job's id.
std::int64_t insert(storage::Database& db, const NewJob& job);
// The rows of the skills that the job asks for.
void insert_skills(storage::Database& db, std::int64_t id, const std::vector<std::string>& skills);
// Writes the fields, and job.organization.
void update(storage::Database& db, const Job& job, const Fields& fields, core::Time now);

}  // namespace jobs
