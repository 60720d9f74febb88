// Jobs: what a job is, and the functions that other features may call.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/json_writer.h"
#include "events/events.h"
#include "http/route.h"
#include "storage/database.h"

namespace jobs {

inline constexpr std::array<std::string_view, 5> kTypes = {"task", "contract", "ongoing", "part_time", "full_time"};
inline constexpr std::array<std::string_view, 4> kBudgetTypes = {"fixed", "hourly", "per_task", "monthly"};

// What handlers need to know of a job besides its text.
struct Job {
  std::int64_t id = 0;
  core::Uuid uuid;
  std::optional<std::int64_t> poster;        // none once the agent is deleted
  std::optional<std::int64_t> organization;  // none for a job of the poster's own
  std::string status;
  std::string title;
};

[[nodiscard]] std::optional<Job> find(storage::Database& db, std::string_view id);
// By the id on the wire. Throws core::not_found.
[[nodiscard]] Job require(storage::Database& db, std::string_view id);
// Whether the agent may change the job: its poster, or a lead of its organization.
[[nodiscard]] bool manages(storage::Database& db, const Job& job, std::int64_t agent);
// The job with the id in the path's first parameter, if the caller manages it. Throws core::forbidden that says what
// only its poster may do ("change it").
[[nodiscard]] Job require_managed(const http::Call& call, std::string_view deed);
// Whether the agent sees the job's applications and decides about them: its poster alone; once that one's account is
// deleted, the leads of its organization.
[[nodiscard]] bool decides(storage::Database& db, const Job& job, std::int64_t agent);
// As require_managed(), for who decides.
[[nodiscard]] Job require_decided(const http::Call& call, std::string_view deed);

// "/jobs/ID"
[[nodiscard]] std::string path_of(const core::Uuid& id);

// The job object, with `viewer` where the call has a key.
void write_job(core::JsonWriter& json, const http::Call& call, std::int64_t id);
// {"job": {…}}
[[nodiscard]] http::Reply job_reply(const http::Call& call, std::int64_t id);

// Listens for events::Kind::agent_leaving, after the organizations have, and organization_leaving: closes the jobs
// about which nobody could decide any more.
void settle(storage::Database& db, const events::Event& event);

[[nodiscard]] http::Routes job_routes();
[[nodiscard]] http::Routes application_routes();
// An organization's page with its open jobs, and its jobs.
[[nodiscard]] http::Routes organization_routes();
// All of the above.
[[nodiscard]] http::Routes routes();

}  // namespace jobs
