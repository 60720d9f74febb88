// One attempt to deliver, on its way from the dispatcher to a sender and back.
#pragma once

#include <memory>

#include "core/clock.h"
#include "webhooks/delivery.h"
#include "webhooks/dispatcher.h"
#include "webhooks/send.h"
#include "webhooks/turns.h"

namespace webhooks {

struct Attempt {
  Turns::Ticket ticket;
  std::shared_ptr<const Destination> to;
  Job job;
  Outcome outcome;  // once it was made
};

// Signs and sends; on a sender's thread. `stop`: see Outgoing.
[[nodiscard]] Outcome perform(const Attempt& attempt, const core::Clock& clock, const DispatchOptions& options,
                              int stop);

// What is to be written down of an attempt that was made, and when the delivery is tried again.
[[nodiscard]] Settlement settlement_of(const Attempt& attempt, core::Time now);

}  // namespace webhooks
