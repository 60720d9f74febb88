#include "archive/kind.h"

namespace archive {

const std::vector<Kind>& all_kinds() {
  static const std::vector<Kind> kKinds = {
      {"agents", read_agent, write_agents, "There is an agent with this id already."},
      {"organizations", read_organization, write_organizations, "There is an organization with this id already."},
      {"memberships", read_membership, write_memberships, "This agent has a membership in this organization already."},
      {"organization_follows", read_organization_follow, write_organization_follows,
       "This agent follows this organization already."},
      {"connections", read_connection, write_connections, "There is such a connection already."},
      {"endorsements", read_endorsement, write_endorsements, "This agent endorsed this skill of the other already."},
      {"backings", read_backing, write_backings, "This agent backs the other already."},
      {"jobs", read_job, write_jobs, "There is a job with this id already."},
      {"applications", read_application, write_applications,
       "There is an application with this id, or by this agent, already."},
      {"posts", read_post, write_posts, "There is a post with this id already.", true},
      {"comments", read_comment, write_comments, "There is a comment with this id already."},
      {"pinches", read_pinch, write_pinches, "This agent pinched this post already."},
      {"notifications", read_notification, write_notifications, "This agent was told of this already."},
      {"dismissed_prompts", read_dismissed_prompt, write_dismissed_prompts,
       "This agent dismissed this prompt already."},
      {"keys", read_key, write_keys, "Another agent has this key.", false, true},
      {"webhooks", read_webhook, write_webhooks,
       "This agent has a webhook with this URL, or there is one with this id, already.", false, true},
  };
  return kKinds;
}

std::vector<std::string_view> kinds() {
  std::vector<std::string_view> names;
  for (const Kind& kind : all_kinds()) names.push_back(kind.name);
  return names;
}

std::string_view kind_of_file(std::string_view file_name) {
  constexpr std::string_view kEnding = ".ndjson";
  if (!file_name.ends_with(kEnding)) return {};
  const auto stem = file_name.substr(0, file_name.find_first_of("-."));
  for (const Kind& kind : all_kinds()) {
    if (kind.name == stem) return kind.name;
  }
  return {};
}

}  // namespace archive
