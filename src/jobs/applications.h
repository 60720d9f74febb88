// Applications to jobs. They are seen by the job's poster and the applicant, and by nobody else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/json_writer.h"
#include "http/body.h"
#include "http/route.h"
#include "jobs/jobs.h"
#include "storage/database.h"

namespace jobs {

struct Application {
  std::int64_t id = 0;
  core::Uuid uuid;
  std::int64_t agent = 0;
  std::string status;
};

// One of the job's, by the id on the wire.
[[nodiscard]] std::optional<Application> find_application(storage::Database& db, const Job& job, std::string_view id);
// The agent's application to the job.
[[nodiscard]] std::optional<Application> find_application_of(storage::Database& db, const Job& job, std::int64_t agent);
[[nodiscard]] std::vector<Application> with_status(storage::Database& db, const Job& job, std::string_view status);

// What an applicant writes.
struct Offer {
  std::optional<std::string> cover_message;
  std::optional<double> proposed_rate;
};

// Faults stay in `body`.
[[nodiscard]] Offer read_offer(http::Body& body);

// Makes the agent's application, or renews the one that it withdrew, and tells the poster (where that one is gone, the
// leads of the job's organization).
[[nodiscard]] Application apply(const http::Call& call, const Job& job, const Offer& offer);
// Sets it, and tells the other side.
void set_status(const http::Call& call, const Job& job, Application& application, std::string_view status);

// "/jobs/ID/applications/ID"
[[nodiscard]] std::string path_of(const Job& job, const Application& application);
void write_application(core::JsonWriter& json, const http::Call& call, std::int64_t id);

}  // namespace jobs
