// Mustache templates (mustache(5)), embedded at build time and parsed once.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "html/view.h"

namespace html {

// How {{name}} is written; {{{name}}} is written as it is.
enum class Escape { html, markdown };

// The source of the partial of that name.
using Partials = std::function<std::string_view(std::string_view name)>;

// Immutable; any thread.
class Template {
 public:
  // Each {{>name}} is replaced by its partial's source, which may hold others, before anything is parsed. White space
  // at the beginning of lines is left out of HTML. Throws std::logic_error for a source that is not a template.
  Template(std::string_view source, Escape escape, const Partials& partials = {});
  Template(Template&&) noexcept;
  ~Template();

  // Whole numbers are written with their thousands apart ("12,345"); null, "" and empty lists are false.
  [[nodiscard]] std::string render(const View& view) const;

 private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace html
