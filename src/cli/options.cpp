#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "cli/toml.h"

namespace cli {
namespace {

constexpr std::string_view kConfig = "config";

template <class Number>
std::optional<Number> number_from(const std::string& text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::string shortest(double number) {
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, number);
  return error == std::errc() ? std::string(buffer, end) : std::string();
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    parts.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

std::optional<std::string> read_whole(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  std::string text;
  char block[4096];
  while (stream.read(block, sizeof block), stream.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) return std::nullopt;  // a folder, say
  return text;
}

// TOML keys are often written with underscores.
std::string with_dashes(std::string key) {
  std::replace(key.begin(), key.end(), '_', '-');
  return key;
}

}  // namespace

// What an option was given, and by whom.
struct Options::Given {
  std::vector<std::string> values;
  std::string source;  // for errors, where it is not the command line: " (CLANKDIN_PORT)"
};

// The file that --config names; without one there are no entries.
struct Options::File {
  std::string path;
  std::vector<TomlEntry> entries;
};

std::string Option::variable() const {
  std::string variable = "CLANKDIN_" + name;
  std::transform(variable.begin(), variable.end(), variable.begin(), [](char c) {
    if (c == '-') return '_';
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return variable;
}

Options::Options(CLI::App& app) : app_(app) {}
Options::~Options() = default;
Options::Options(Options&&) noexcept = default;

void Options::flag(std::string name, bool& target, std::string help) {
  add({.name = std::move(name),
       .takes = "true or false",
       .help = std::move(help),
       .words = {"true", "false"},
       .read = [&target](const std::string& value) {
         constexpr std::string_view kYes[] = {"true", "1", "yes", "on"};
         constexpr std::string_view kNo[] = {"false", "0", "no", "off"};
         target = std::find(std::begin(kYes), std::end(kYes), value) != std::end(kYes);
         return target || std::find(std::begin(kNo), std::end(kNo), value) != std::end(kNo);
       }});
}

void Options::text(std::string name, std::string placeholder, std::string& target, std::string takes,
                   std::string help) {
  add({.name = std::move(name),
       .placeholder = std::move(placeholder),
       .takes = std::move(takes),
       .help = std::move(help),
       .otherwise = target,
       .read = [&target](const std::string& value) {
         target = value;
         return true;
       }});
}

void Options::file(std::string name, std::string& target, std::string help) {
  text(std::move(name), "FILE", target, "the path of a file", std::move(help));
  options_.back().completion = Completion::file;
}

void Options::add_integer(std::string name, std::string placeholder, std::int64_t otherwise, std::int64_t min,
                          std::int64_t max, std::string help, std::function<void(std::int64_t)> take) {
  add({.name = std::move(name),
       .placeholder = std::move(placeholder),
       .takes = "a whole number from " + std::to_string(min) + " to " + std::to_string(max),
       .help = std::move(help),
       .otherwise = std::to_string(otherwise),
       .read = [min, max, take = std::move(take)](const std::string& value) {
         const auto number = number_from<std::int64_t>(value);
         if (!number || *number < min || *number > max) return false;
         take(*number);
         return true;
       }});
}

void Options::seconds(std::string name, double& target, std::string help) {
  constexpr double kMost = 86'400;
  add({.name = std::move(name),
       .placeholder = "SECONDS",
       .takes = "a number of seconds from 0 to 86400",
       .help = std::move(help),
       .otherwise = shortest(target),
       .read = [&target](const std::string& value) {
         const auto number = number_from<double>(value);
         if (!number || !std::isfinite(*number) || *number < 0 || *number > kMost) return false;
         target = *number;
         return true;
       }});
}

void Options::choice(std::string name, std::string placeholder, std::vector<std::string> words, std::size_t otherwise,
                     std::string help, std::function<void(std::size_t index)> take) {
  std::string takes = "one of";
  for (const std::string& word : words) takes += (&word == &words.front() ? " " : ", ") + word;
  std::string shown = words.at(otherwise);
  auto read = [words, take = std::move(take)](const std::string& value) {
    const auto word = std::find(words.begin(), words.end(), value);
    if (word == words.end()) return false;
    take(static_cast<std::size_t>(word - words.begin()));
    return true;
  };
  add({.name = std::move(name),
       .placeholder = std::move(placeholder),
       .takes = std::move(takes),
       .help = std::move(help),
       .otherwise = std::move(shown),
       .words = std::move(words),
       .read = std::move(read)});
}

void Options::argument(std::string name, std::string& target, std::string takes, std::string help,
                       Completion completion) {
  text(name, name, target, std::move(takes), std::move(help));
  options_.back().argument = true;
  options_.back().completion = completion;
}

void Options::add(Option option) { options_.push_back(std::move(option)); }

void Options::rest(std::string name, std::vector<std::string>& target, std::string help) {
  rest_ = &target;
  rest_name_ = std::move(name);
  rest_text_ = std::move(help);
}

std::string Options::rest_help() const { return "Behind the options: -- " + rest_name_ + "\n  " + rest_text_; }

void Options::finish() {
  const auto named = [](const Option& option) { return !option.argument; };
  if (std::any_of(options_.begin(), options_.end(), named)) {
    add({.name = std::string(kConfig),
         .placeholder = "FILE",
         .takes = "the path of a TOML file",
         .help = "Read options from this file: each is a key, port = 8080",
         .completion = Completion::file,
         .read = [](const std::string&) { return true; }});
  }
  for (const Option& option : options_) {
    // CLI11 takes the line apart; what the words mean is settle()'s business, so that one place names every fault. An
    // option without its value must reach it too, hence "0 or 1". (CLI11 would take a default_str for the value then.)
    CLI::Option* parsed = option.flag() ? app_.add_flag(option.label())
                                        : app_.add_option(option.label(), [](const CLI::results_t&) { return true; });
    parsed->description(option.otherwise.empty() ? option.help : option.help + " [" + option.otherwise + "]");
    parsed->take_all();
    if (option.argument) {
      parsed->type_name("")->expected(1)->allow_extra_args(option.repeatable);
    } else if (!option.flag()) {
      parsed->type_name(option.placeholder)->expected(0, 1);
    }
    parsed_.push_back(parsed);
  }
}

const Option* Options::find(std::string_view name) const {
  const auto found =
      std::find_if(options_.begin(), options_.end(), [&](const Option& option) { return option.name == name; });
  return found == options_.end() ? nullptr : &*found;
}

Options::Given Options::given(std::size_t index, const File& file) const {
  const Option& option = options_[index];
  if (parsed_[index]->count() > 0) return {parsed_[index]->results(), ""};
  if (option.argument) return {};
  if (const char* value = std::getenv(option.variable().c_str()); value != nullptr && *value != '\0') {
    return {option.repeatable ? split_at_commas(value) : std::vector<std::string>{value},
            " (" + option.variable() + ")"};
  }
  const auto entry = std::find_if(file.entries.begin(), file.entries.end(),
                                  [&](const TomlEntry& e) { return with_dashes(e.key) == option.name; });
  if (entry == file.entries.end()) return {};
  return {entry->values, " (" + file.path + ":" + std::to_string(entry->line) + ")"};
}

Options::File Options::read_file(const std::function<bool(std::string_view name)>& known) const {
  const Option* config = find(kConfig);
  if (config == nullptr) return {};
  const Given given_config = given(static_cast<std::size_t>(config - options_.data()), {});
  if (given_config.values.size() != 1) return {};

  const std::string& path = given_config.values.front();
  const std::optional<std::string> text = read_whole(path);
  if (!text) {
    throw UsageError("--config" + given_config.source + " takes the path of a TOML file; " + path + " cannot be read");
  }
  File file{path, read_toml(*text, path)};
  for (const TomlEntry& entry : file.entries) {
    const std::string name = with_dashes(entry.key);
    if (name == kConfig || !known(name)) {
      throw UsageError(path + ":" + std::to_string(entry.line) + ": there is no option with the key " + entry.key);
    }
  }
  return file;
}

void Options::settle(const std::function<bool(std::string_view name)>& known) const {
  if (has_rest() && rest_->empty()) throw UsageError("-- takes " + rest_name_ + " behind it; the command is missing");
  const File file = read_file(known);
  for (std::size_t index = 0; index < options_.size(); ++index) {
    const Option& option = options_[index];
    const Given from = given(index, file);
    const auto refuse = [&](const std::string& why) {
      throw UsageError(option.label() + from.source + " takes " + option.takes + why);
    };
    if (from.values.empty() && option.argument && !option.optional) refuse("; it is missing");
    if (from.values.size() > 1 && !option.repeatable) refuse(", once; it is given more than once");
    if (from.values.empty() && parsed_[index]->count() > 0) refuse("; its value is missing");
    for (const std::string& value : from.values) {
      if (value.empty() && !option.flag()) refuse("; its value is missing");
      if (!option.read(value)) refuse(", not \"" + value + "\"");
    }
  }
}

}  // namespace cli
