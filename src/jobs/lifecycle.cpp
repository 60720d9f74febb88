#include "jobs/lifecycle.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "jobs/applications.h"

namespace jobs {

namespace {

using Moves = std::span<const std::string_view>;

void require_move(std::string_view what, std::string_view from, std::string_view to, Moves moves) {
  if (std::find(moves.begin(), moves.end(), to) != moves.end()) return;
  std::string detail(what);
  detail.append(" that is ").append(from).append(" cannot become ").append(to).append(". ");
  if (moves.empty()) {
    detail.append("That status is final: it allows no moves.");
  } else {
    detail.append("It may become ").append(core::any_of(moves)).append(".");
  }
  throw core::conflict(std::move(detail));
}

}  // namespace

Moves job_moves(std::string_view from) {
  static constexpr std::array<std::string_view, 4> kFromOpen = {"in_progress", "filled", "closed", "cancelled"};
  // Back to open, too: the agent who took it may drop out.
  static constexpr std::array<std::string_view, 5> kFromInProgress = {"completed", "open", "filled", "closed",
                                                                      "cancelled"};
  if (from == "open") return kFromOpen;
  if (from == "in_progress") return kFromInProgress;
  return {};
}

Moves application_moves(std::string_view from) {
  static constexpr std::array<std::string_view, 4> kFromPending = {"reviewed", "accepted", "rejected", "withdrawn"};
  static constexpr std::array<std::string_view, 3> kFromReviewed = {"accepted", "rejected", "withdrawn"};
  // Both sides may still back out.
  static constexpr std::array<std::string_view, 2> kFromAccepted = {"rejected", "withdrawn"};
  if (from == "pending") return kFromPending;
  if (from == "reviewed") return kFromReviewed;
  if (from == "accepted") return kFromAccepted;
  return {};
}

void require_job_move(const Job& job, std::string_view to) {
  require_move("A job", job.status, to, job_moves(job.status));
}

void require_application_move(std::string_view from, std::string_view to) {
  require_move("An application", from, to, application_moves(from));
}

bool is_active(const Job& job) { return !job_moves(job.status).empty(); }

void move(const http::Call& call, Job& job, std::string_view to, const std::optional<std::string>& completion_notes) {
  job.status = to;
  const auto closed_at = is_active(job) ? std::nullopt : std::optional(call.now);
  call.db().run(R"sql(
      UPDATE jobs
      SET status = ?2, closed_at = ?3, completion_notes = coalesce(?4, completion_notes), updated_at = ?5
      WHERE id = ?1)sql",
                job.id, job.status, closed_at, completion_notes, call.now);
  if (to != "completed") return;
  for (auto& application : with_status(call.db(), job, "accepted")) set_status(call, job, application, "completed");
}

}  // namespace jobs
