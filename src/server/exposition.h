// Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server {

class Exposition {
 public:
  enum class Type : std::uint8_t { counter, gauge, histogram };
  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

  // Begins a metric; its samples follow.
  Exposition& metric(std::string_view name, Type type, std::string_view help);
  Exposition& sample(double value, const Labels& labels = {});

  // `counts` of one histogram, not yet summed up: one for each bound and a last one for what lies above them all.
  Exposition& histogram(std::span<const double> bounds, std::span<const std::uint64_t> counts, double sum,
                        const Labels& labels = {});

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void line(std::string_view suffix, const Labels& labels, double value);

  std::string out_;
  std::string_view name_;
};

}  // namespace server
