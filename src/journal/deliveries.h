// Webhook deliveries of all agents, for tests (/_test/deliveries) and for the operator's console.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/json_writer.h"
#include "http/query.h"
#include "storage/database.h"

namespace journal {

struct WantedDeliveries {
  std::optional<std::string> event;
  std::optional<std::string> status;
  std::optional<std::string> agent;  // whose webhook it is
  int attempts = 0;                  // at least
  std::size_t limit = 1000;

  // `event`, `status` and `agent` of a query; faults stay in it.
  [[nodiscard]] static WantedDeliveries read(http::Query& query);
};

// Writes "deliveries": […], newest first, and returns how many there are.
std::size_t write_deliveries(core::JsonWriter& json, storage::Database& db, const WantedDeliveries& wanted);

}  // namespace journal
