#include "cli/fetch.h"

#include "webhooks/send.h"

namespace cli {

Fetched fetch(const std::string& url, std::chrono::milliseconds timeout) {
  const webhooks::Outcome outcome =
      webhooks::send({.method = "GET", .url = url, .patience = timeout, .verify = false});
  if (outcome.timed_out) return {.failure = "no answer in time"};
  if (!outcome.status) return {.failure = outcome.error};
  return {.status = *outcome.status};
}

}  // namespace cli
