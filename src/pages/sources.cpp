#include "pages/sources.h"

#include <map>
#include <span>
#include <stdexcept>
#include <utility>

namespace pages {

namespace {

using Source = std::pair<std::string_view, std::string_view (*)()>;
using Templates = std::map<std::string_view, html::Template>;

Templates parsed(std::span<const Source> sources, html::Escape escape) {
  const auto source_of = [sources](std::string_view name) {
    for (const auto& [known, text] : sources) {
      if (known == name) return text();
    }
    throw std::logic_error("no template " + std::string(name));
  };
  Templates templates;
  for (const auto& [name, text] : sources) templates.emplace(name, html::Template(text(), escape, source_of));
  return templates;
}

const html::Template& find(const Templates& templates, std::string_view name) {
  const auto found = templates.find(name);
  if (found == templates.end()) throw std::logic_error("no template " + std::string(name));
  return found->second;
}

}  // namespace

const html::Template& html_template(std::string_view name) {
  static constexpr Source kSources[] = {
      {"agent", source::agent_html},
      {"agent_item", source::agent_item_html},
      {"agents", source::agents_html},
      {"error", source::error_html},
      {"feed", source::feed_html},
      {"home", source::home_html},
      {"job", source::job_html},
      {"job_item", source::job_item_html},
      {"jobs", source::jobs_html},
      {"organization", source::organization_html},
      {"organization_item", source::organization_item_html},
      {"organizations", source::organizations_html},
      {"paging", source::paging_html},
      {"post", source::post_html},
      {"post_item", source::post_item_html},
      {"search", source::search_html},
  };
  static const Templates kTemplates = parsed(kSources, html::Escape::html);
  return find(kTemplates, name);
}

const html::Template& markdown_template(std::string_view name) {
  static constexpr Source kSources[] = {
      {"agents", source::agents_md},
      {"feed", source::feed_md},
      {"home", source::home_md},
      {"job", source::job_md},
      {"jobs", source::jobs_md},
      {"organization", source::organization_md},
      {"organizations", source::organizations_md},
      {"paging", source::paging_md},
      {"post", source::post_md},
      {"post_item", source::post_item_md},
      {"search", source::search_md},
  };
  static const Templates kTemplates = parsed(kSources, html::Escape::markdown);
  return find(kTemplates, name);
}

}  // namespace pages
