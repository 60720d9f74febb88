// Completion scripts, made from the description of the options themselves.
#include <iostream>
#include <string>

#include "cli/entries.h"
#include "cli/program.h"

namespace cli {
namespace {

std::string join(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined.append(joined.empty() ? "" : " ").append(word);
  return joined;
}

// `text` with a backslash before each of `characters`.
std::string escape(std::string_view text, std::string_view characters) {
  std::string escaped;
  for (const char c : text) {
    if (characters.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// In '…' of a POSIX shell.
std::string quote(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) c == '\'' ? quoted += "'\\''" : quoted += c;
  return quoted + "'";
}

std::vector<std::string> command_names(const Program& program) {
  std::vector<std::string> names;
  for (const Program::Part& part : program.parts()) names.emplace_back(part.entry.name);
  return names;
}

// The command that offers what stands behind an option, or in an argument's place.
std::string bash_offer(const Option& option) {
  if (option.completion == Completion::file) return "compgen -f";
  if (option.completion == Completion::folder) return "compgen -d";
  return "compgen -W " + quote(join(option.words));
}

std::string bash_case(const Program::Part& part) {
  std::vector<std::string> labels = {"--help"};
  std::string argument = "compgen -W ''";
  std::string values;
  for (const Option& option : part.options.all()) {
    if (option.argument) {
      argument = bash_offer(option);
      continue;
    }
    labels.push_back(option.label());
    if (option.flag()) continue;
    values += "        " + option.label() + ") COMPREPLY=($(" + bash_offer(option) + " -- \"$current\")); return ;;\n";
  }
  return "    " + std::string(part.entry.name) + ")\n      case \"$previous\" in\n" + values +
         "      esac\n      if [[ $current == -* ]]; then words=" + quote(join(labels)) + "; else COMPREPLY=($(" +
         argument + " -- \"$current\")); return; fi ;;\n";
}

std::string bash_script(const Program& program) {
  std::string cases;
  for (const Program::Part& part : program.parts()) cases += bash_case(part);
  return R"(_clankdin() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W )" +
         quote(join(command_names(program)) + " --help --version") + R"( -- "$current"))
    return
  fi
  case "${COMP_WORDS[1]}" in
)" + cases +
         R"(  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o filenames -F _clankdin clankdin
)";
}

std::string zsh_action(const Option& option) {
  if (option.completion == Completion::file) return "_files";
  if (option.completion == Completion::folder) return "_files -/";
  return option.words.empty() ? " " : "(" + join(option.words) + ")";
}

std::string zsh_script(const Program& program) {
  std::string names;
  std::string cases;
  for (const Program::Part& part : program.parts()) {
    const std::string name(part.entry.name);
    names += "    " + quote(name + ":" + std::string(part.entry.summary)) + "\n";
    cases += "    " + name + ") _arguments '--help[Explain the command]'";
    for (const Option& option : part.options.all()) {
      const std::string action =
          ":" + escape(option.argument ? option.name : option.placeholder, ":") + ":" + zsh_action(option);
      const std::string named =
          (option.repeatable ? "*" : "") + option.label() + "[" + escape(option.help, "[]:") + "]";
      cases += " " + quote(option.argument ? action : named + (option.flag() ? "" : action));
    }
    cases += " ;;\n";
  }
  return "#compdef clankdin\n_clankdin() {\n  local -a commands=(\n" + names + R"(  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
)" + cases +
         R"(  esac
}
if [[ $funcstack[1] == _clankdin ]]; then
  _clankdin "$@"
else
  compdef _clankdin clankdin
fi
)";
}

std::string fish_quote(std::string_view text) { return "'" + escape(text, "\\'") + "'"; }

std::string fish_script(const Program& program) {
  std::string script = "complete -c clankdin -f\n";
  for (const Program::Part& part : program.parts()) {
    const std::string name(part.entry.name);
    const std::string inside = "complete -c clankdin -n '__fish_seen_subcommand_from " + name + "'";
    script +=
        "complete -c clankdin -n __fish_use_subcommand -a " + name + " -d " + fish_quote(part.entry.summary) + "\n";
    for (const Option& option : part.options.all()) {
      const std::string offer = option.words.empty() || option.flag() ? "" : " -a " + fish_quote(join(option.words));
      if (option.argument) {
        const bool files = option.completion != Completion::nothing;
        if (!offer.empty() || files) script += inside + (files ? " -F" : offer) + "\n";
        continue;
      }
      script += inside + " -l " + option.name + " -d " + fish_quote(option.help);
      if (!option.flag()) script += option.completion == Completion::nothing ? " -x" + offer : " -r -F";
      script += "\n";
    }
  }
  return script;
}

class PrintCompletion : public Command {
 public:
  void describe(Options& options) override {
    options.add({.name = "SHELL",
                 .takes = "one of bash, zsh, fish",
                 .help = "The shell to complete in: bash, zsh, fish",
                 .words = {"bash", "zsh", "fish"},
                 .argument = true,
                 .read = [this](const std::string& value) {
                   shell_ = value;
                   return value == "bash" || value == "zsh" || value == "fish";
                 }});
  }

  int run(const Program& program) override {
    std::cout << (shell_ == "bash"  ? bash_script(program)
                  : shell_ == "zsh" ? zsh_script(program)
                                    : fish_script(program));
    return 0;
  }

 private:
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> make_completion() { return std::make_unique<PrintCompletion>(); }

}  // namespace cli
