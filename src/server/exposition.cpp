#include "server/exposition.h"

#include <charconv>

namespace server {
namespace {

std::string_view name_of(Exposition::Type type) {
  switch (type) {
    case Exposition::Type::counter:
      return "counter";
    case Exposition::Type::gauge:
      return "gauge";
    case Exposition::Type::histogram:
      return "histogram";
  }
  return "untyped";
}

void append_number(std::string& out, double number) {
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, number);
  out.append(buffer, error == std::errc() ? end : buffer);
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append("=\"");
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    c == '\n' ? out.append("\\n") : out.append(1, c);
  }
  out += '"';
}

}  // namespace

Exposition& Exposition::metric(std::string_view name, Type type, std::string_view help) {
  name_ = name;
  out_.append("# HELP ").append(name).append(" ").append(help).append("\n");
  out_.append("# TYPE ").append(name).append(" ").append(name_of(type)).append("\n");
  return *this;
}

Exposition& Exposition::sample(double value, const Labels& labels) {
  line("", labels, value);
  return *this;
}

Exposition& Exposition::histogram(std::span<const double> bounds, std::span<const std::uint64_t> counts, double sum,
                                  const Labels& labels) {
  std::uint64_t total = 0;
  for (std::size_t index = 0; index < counts.size(); ++index) {
    total += counts[index];
    std::string bound = "+Inf";
    if (index < bounds.size()) {
      bound.clear();
      append_number(bound, bounds[index]);
    }
    Labels with_bound = labels;
    with_bound.emplace_back("le", bound);
    line("_bucket", with_bound, static_cast<double>(total));
  }
  line("_sum", labels, sum);
  line("_count", labels, static_cast<double>(total));
  return *this;
}

void Exposition::line(std::string_view suffix, const Labels& labels, double value) {
  out_.append(name_).append(suffix);
  for (std::size_t index = 0; index < labels.size(); ++index) {
    out_ += index == 0 ? '{' : ',';
    append_label(out_, labels[index].first, labels[index].second);
  }
  if (!labels.empty()) out_ += '}';
  out_ += ' ';
  append_number(out_, value);
  out_ += '\n';
}

}  // namespace server
