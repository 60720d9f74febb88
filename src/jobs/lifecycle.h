// The statuses of jobs and applications, and the moves between them that make sense.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/body.h"
#include "http/route.h"
#include "jobs/jobs.h"

namespace jobs {

inline constexpr std::array<std::string_view, 6> kStatuses = {"open",   "in_progress", "completed",
                                                              "filled", "closed",      "cancelled"};

inline constexpr std::array<std::string_view, 6> kApplicationStatuses = {"pending",  "reviewed",  "accepted",
                                                                         "rejected", "withdrawn", "completed"};

inline constexpr http::TextRule kCompletionNotes{.min = 0, .max = 2000};

// Where a job, or an application, may go from a status; nowhere from a final one. Applications become `completed` only
// with their job.
[[nodiscard]] std::span<const std::string_view> job_moves(std::string_view from);
[[nodiscard]] std::span<const std::string_view> application_moves(std::string_view from);

// Throws core::conflict that lists the moves there are, unless `to` is one of them.
void require_job_move(const Job& job, std::string_view to);
void require_application_move(std::string_view from, std::string_view to);

// An unfinished job: it may be edited, and applications to it may be accepted.
[[nodiscard]] bool is_active(const Job& job);

// Moves the job, which must be able to: sets or clears closed_at; with `completed` the accepted applications are
// completed, too, and their agents are told.
void move(const http::Call& call, Job& job, std::string_view to,
          const std::optional<std::string>& completion_notes = {});

}  // namespace jobs
