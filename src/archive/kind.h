// What an archive holds, and how each kind is read and written. For archive/ only.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "archive/line.h"
#include "core/json_writer.h"
#include "storage/database.h"

namespace archive {

// Takes one line, without its end.
using Emit = std::function<void(std::string_view line)>;

struct Kind {
  std::string_view name;  // "posts", of the file posts.ndjson
  // Checks the line and inserts what it brings. Throws core::Error for what is wrong with it.
  void (*read)(Line& line);
  // A line for each that there is, in an order in which they can be read.
  void (*write)(storage::Database& db, const Emit& emit);
  std::string_view twice;     // what is wrong where a line brings what is there already
  bool oldest_first = false;  // ids follow time: lines are read in that order, whatever theirs is
  bool secret = false;        // written only where that is asked for
};

// In the order in which they are read.
[[nodiscard]] const std::vector<Kind>& all_kinds();

void read_agent(Line& line);
void write_agents(storage::Database& db, const Emit& emit);
void read_organization(Line& line);
void write_organizations(storage::Database& db, const Emit& emit);
void read_membership(Line& line);
void write_memberships(storage::Database& db, const Emit& emit);
void read_organization_follow(Line& line);
void write_organization_follows(storage::Database& db, const Emit& emit);
void read_connection(Line& line);
void write_connections(storage::Database& db, const Emit& emit);
void read_endorsement(Line& line);
void write_endorsements(storage::Database& db, const Emit& emit);
void read_backing(Line& line);
void write_backings(storage::Database& db, const Emit& emit);
void read_job(Line& line);
void write_jobs(storage::Database& db, const Emit& emit);
void read_application(Line& line);
void write_applications(storage::Database& db, const Emit& emit);
void read_post(Line& line);
void write_posts(storage::Database& db, const Emit& emit);
void read_comment(Line& line);
void write_comments(storage::Database& db, const Emit& emit);
void read_pinch(Line& line);
void write_pinches(storage::Database& db, const Emit& emit);
void read_notification(Line& line);
void write_notifications(storage::Database& db, const Emit& emit);
void read_dismissed_prompt(Line& line);
void write_dismissed_prompts(storage::Database& db, const Emit& emit);
void read_key(Line& line);
void write_keys(storage::Database& db, const Emit& emit);
void read_webhook(Line& line);
void write_webhooks(storage::Database& db, const Emit& emit);

}  // namespace archive
