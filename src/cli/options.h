// The options of one command, described once: from the description come the command line (by CLI11), the environment
// variable (--max-body is CLANKDIN_MAX_BODY), the key of `--config FILE`, the help and the shell completion.
//
// A value on the command line wins over the environment, that over the file, and that over the default. An empty
// environment variable counts as unset; several values of a repeatable option are separated by commas there.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/usage_error.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace cli {

// What a shell offers behind an option.
enum class Completion : std::uint8_t { nothing, file, folder };

struct Option {
  std::string name;         // "max-body"; of an argument what stands in its place, "URL"
  std::string placeholder;  // "BYTES"; empty for a flag
  std::string takes;        // completes "--max-body takes …": "a number from 0 to 65535"
  std::string help;
  std::string otherwise;                // the default as the help shows it
  std::vector<std::string> words = {};  // the values there are, where they can be listed
  Completion completion = Completion::nothing;
  bool repeatable = false;
  bool argument = false;  // without a name, by its place; not in the environment or a file
  bool optional = false;  // an argument that may be missing
  // Takes one value over; false if it is not what `takes` says.
  std::function<bool(const std::string& value)> read = {};

  [[nodiscard]] bool flag() const { return placeholder.empty() && !argument; }
  [[nodiscard]] std::string label() const { return argument ? name : "--" + name; }
  [[nodiscard]] std::string variable() const;  // "CLANKDIN_MAX_BODY"
};

class Options {
 public:
  // `app` must outlive this.
  explicit Options(CLI::App& app);
  ~Options();
  Options(Options&&) noexcept;

  // Targets must outlive settle(); they hold the defaults until then.
  void flag(std::string name, bool& target, std::string help);
  void text(std::string name, std::string placeholder, std::string& target, std::string takes, std::string help);
  void file(std::string name, std::string& target, std::string help);
  template <class Integer>
  void integer(std::string name, std::string placeholder, Integer& target, std::int64_t min, std::int64_t max,
               std::string help) {
    add_integer(std::move(name), std::move(placeholder), static_cast<std::int64_t>(target), min, max, std::move(help),
                [&target](std::int64_t value) { target = static_cast<Integer>(value); });
  }
  // Seconds, with a fraction or without; at least 0.
  void seconds(std::string name, double& target, std::string help);
  // One of `words`, given to `take` as its place among them.
  void choice(std::string name, std::string placeholder, std::vector<std::string> words, std::size_t otherwise,
              std::string help, std::function<void(std::size_t index)> take);
  // An argument that must be there.
  void argument(std::string name, std::string& target, std::string takes, std::string help,
                Completion completion = Completion::nothing);
  void add(Option option);
  // What stands behind "--", taken as it is: at least one. `name` shows it in the help: "CMD ARG...".
  void rest(std::string name, std::vector<std::string>& target, std::string help);

  // Adds --config where there is a named option: the last thing a description gets.
  void finish();

  // After the command line was parsed: hands each option its values, in the order of the description. Keys of the file
  // that are no option of this command are passed over if they are `known` (of another command). Throws UsageError.
  void settle(const std::function<bool(std::string_view name)>& known) const;

  [[nodiscard]] const std::vector<Option>& all() const { return options_; }
  [[nodiscard]] const Option* find(std::string_view name) const;
  // Whether there is a rest(), its line of the help, and where it is handed over, before settle().
  [[nodiscard]] bool has_rest() const { return rest_ != nullptr; }
  [[nodiscard]] std::string rest_help() const;
  void take_rest(std::vector<std::string> words) const { *rest_ = std::move(words); }

 private:
  struct Given;
  struct File;
  void add_integer(std::string name, std::string placeholder, std::int64_t otherwise, std::int64_t min,
                   std::int64_t max, std::string help, std::function<void(std::int64_t)> take);
  [[nodiscard]] Given given(std::size_t index, const File& file) const;
  [[nodiscard]] File read_file(const std::function<bool(std::string_view name)>& known) const;

  CLI::App& app_;
  std::vector<Option> options_;
  std::vector<CLI::Option*> parsed_;  // beside options_; owned by app_
  std::vector<std::string>* rest_ = nullptr;
  std::string rest_name_;
  std::string rest_text_;
};

}  // namespace cli
