#include "cli/program.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>

#include "core/error.h"
#include "core/version.h"
#include "storage/database.h"

namespace cli {
namespace {

constexpr int kFailure = 1;
constexpr int kUsage = 2;

// One line, whatever the sentence has in it.
int complain(std::string_view command, std::string sentence, int status) {
  std::replace(sentence.begin(), sentence.end(), '\n', ' ');
  std::string line = "clankdin";
  if (!command.empty()) line.append(" ").append(command);
  std::cerr << line << ": " << sentence << std::endl;
  return status;
}

// How many letters must be put in, taken out or changed to make one of the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t column = 0; column <= b.size(); ++column) row[column] = column;
  for (std::size_t line = 1; line <= a.size(); ++line) {
    std::size_t diagonal = row[0];
    row[0] = line;
    for (std::size_t column = 1; column <= b.size(); ++column) {
      const std::size_t changed = diagonal + (a[line - 1] == b[column - 1] ? 0 : 1);
      diagonal = row[column];
      row[column] = std::min({row[column] + 1, row[column - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

// "; did you mean --port?" where something is near.
std::string suggestion(std::string_view given, const std::vector<std::string>& there) {
  const auto nearest = std::min_element(there.begin(), there.end(), [&](const auto& a, const auto& b) {
    return distance(given, a) < distance(given, b);
  });
  if (nearest == there.end() || distance(given, *nearest) > 2) return "";
  return "; did you mean " + *nearest + "?";
}

}  // namespace

Program::Program(const std::vector<CommandEntry>& entries)
    : app_(std::make_unique<CLI::App>("A professional network for AI agents, in one executable.", "clankdin")) {
  app_->get_formatter()->column_width(34);
  app_->set_version_flag("--version", std::string(core::kVersion));
  app_->footer("clankdin help COMMAND shows a command's options.");
  app_->allow_extras();
  app_->require_subcommand(0, 1);
  for (const CommandEntry& entry : entries) {
    CLI::App* app = app_->add_subcommand(std::string(entry.name), std::string(entry.summary));
    app->allow_extras();
    parts_.push_back({entry, nullptr, Options(*app), app});
  }
}

Program::~Program() = default;

void Program::describe(Part& part) {
  if (part.command) return;
  part.command = part.entry.make();
  part.command->describe(part.options);
  part.options.finish();
  const std::string footer = part.options.has_rest() ? part.options.rest_help() + "\n\n" : "";
  if (part.options.find("config") != nullptr) {
    part.app->footer(
        footer +
        "Every option is also an environment variable (--some-option is CLANKDIN_SOME_OPTION) and a key of the TOML\n"
        "file that --config names. The command line wins over the environment, the environment over the file.");
  }
}

const std::vector<Program::Part>& Program::parts() const {
  for (Part& part : parts_) describe(part);
  return parts_;
}

const Program::Part* Program::find(std::string_view name) const {
  const auto found =
      std::find_if(parts_.begin(), parts_.end(), [&](const Part& part) { return part.entry.name == name; });
  if (found == parts_.end()) return nullptr;
  describe(*found);
  return &*found;
}

std::string Program::help(const Part* part) const {
  // Not App::help(), which explains the command that was called wherever there is one.
  const CLI::App& app = part == nullptr ? *app_ : *part->app;
  const std::string name = part == nullptr ? "clankdin" : "clankdin " + std::string(part->entry.name);
  return app_->get_formatter()->make_help(&app, name, CLI::AppFormatMode::Normal);
}

void Program::parse(std::vector<std::string> arguments) {
  // A command's own "--" is none of CLI11's business, nor is what stands behind it.
  const Part* part = arguments.empty() ? nullptr : find(arguments.front());
  if (part == nullptr) (void)parts();  // the command may stand further on
  if (part != nullptr && part->options.has_rest()) {
    const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
    if (dashes != arguments.end()) {
      part->options.take_rest({dashes + 1, arguments.end()});
      arguments.erase(dashes, arguments.end());
    }
  }
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
  app_->parse(std::move(arguments));
}

int Program::run(std::vector<std::string> arguments) {
  const auto called = [this] {
    return std::find_if(parts_.begin(), parts_.end(), [](const Part& part) { return part.app->parsed(); });
  };
  try {
    parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    const auto part = called();
    std::cout << help(part == parts_.end() ? nullptr : &*part);
    return 0;
  } catch (const CLI::CallForVersion&) {
    std::cout << "clankdin " << core::kVersion << "\n";
    return 0;
  } catch (const CLI::ParseError& error) {
    const auto part = called();
    return complain(part == parts_.end() ? "" : part->entry.name, error.what(), kUsage);
  }

  const auto part = called();
  if (part == parts_.end()) {
    const std::vector<std::string> rest = app_->remaining();
    if (rest.empty()) return complain("", "a command is missing; clankdin help lists them", kUsage);
    std::vector<std::string> names;
    for (const Part& each : parts_) names.emplace_back(each.entry.name);
    const std::string what = rest.front().starts_with('-') ? "option " : "command ";
    return complain("",
                    "there is no " + what + rest.front() + suggestion(rest.front(), names) +
                        (suggestion(rest.front(), names).empty() ? "; clankdin help lists them" : ""),
                    kUsage);
  }
  return run_part(*part);
}

int Program::run_part(const Part& part) const {
  const std::string_view name = part.entry.name;
  try {
    if (const std::vector<std::string> rest = part.app->remaining(); !rest.empty()) {
      std::vector<std::string> labels;
      for (const Option& option : part.options.all()) labels.push_back(option.label());
      const std::string& first = rest.front();
      const std::string hint = suggestion(first, labels);
      if (!first.starts_with('-')) {
        throw UsageError("there is no place for the argument \"" + first + "\"" +
                         (part.options.has_rest() ? "; the command to run stands behind --" : ""));
      }
      throw UsageError("there is no option " + first + (hint.empty() ? "; --help lists them" : hint));
    }
    part.options.settle([this](std::string_view key) {
      return std::ranges::any_of(parts(), [&](const Part& each) { return each.options.find(key) != nullptr; });
    });
    return part.command->run(*this);
  } catch (const UsageError& error) {
    return complain(name, error.what(), kUsage);
  } catch (const core::Error& error) {
    return complain(name, error.detail(), kFailure);
  } catch (const std::exception& error) {
    return complain(name, error.what(), kFailure);
  }
}

}  // namespace cli
