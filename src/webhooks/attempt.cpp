#include "webhooks/attempt.h"

#include <optional>
#include <string_view>

#include "webhooks/schedule.h"
#include "webhooks/signature.h"

namespace webhooks {

Outcome perform(const Attempt& attempt, const core::Clock& clock, const DispatchOptions& options, int stop) {
  const Destination& to = *attempt.to;
  const bool both = to.old_secret && clock.now() < to.old_secret_until;
  return send({.url = to.url,
               .headers = signature_headers(
                   {.secret = to.secret,
                    .old_secret = both ? std::optional<std::string_view>(*to.old_secret) : std::nullopt,
                    .event = attempt.job.event,
                    .delivery = attempt.job.uuid,
                    .time = core::AdjustableClock::real_now(),
                    .body = attempt.job.body}),
               .body = attempt.job.body,
               .patience = options.patience,
               .block_private = options.block_private,
               .stop = stop});
}

Settlement settlement_of(const Attempt& attempt, core::Time now) {
  const Outcome& outcome = attempt.outcome;
  Settlement result{.webhook = attempt.ticket.webhook,
                    .delivery = attempt.job.id,
                    .uuid = attempt.job.uuid,
                    .at = now,
                    .delivered = outcome.delivered,
                    .gone = outcome.status == 410,
                    .retries = attempt.job.retries,
                    .status = outcome.status,
                    .error = outcome.error,
                    .answer = outcome.answer,
                    .duration_ms = outcome.duration_ms};
  if (!result.delivered && !result.gone) {
    const auto delay = retry_delay(result.retries, result.uuid, outcome.retry_after);
    if (delay) result.next_attempt_at = result.at + *delay;
    ++result.retries;
  }
  return result;
}

}  // namespace webhooks
