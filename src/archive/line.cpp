#include "archive/line.h"

#include <algorithm>

#include "agents/agents.h"
#include "core/crypto.h"
#include "core/text.h"
#include "organizations/organizations.h"

namespace archive {
namespace {

constexpr std::size_t kMaxId = 100;

std::string key_of(std::string_view kind, std::string_view name) { return std::string(kind).append(" ").append(name); }

// A UUIDv7 of the time, whose rest is made of the name.
core::Uuid uuid_of(const std::string& key, core::Time time) {
  constexpr std::size_t kTimeBytes = 6;
  core::Uuid id;
  const auto bits = static_cast<std::uint64_t>(std::max<core::Time>(time, 0));
  for (std::size_t i = 0; i < kTimeBytes; ++i) id.bytes[i] = static_cast<std::uint8_t>(bits >> (40 - 8 * i));
  const auto digest = core::sha256(key);
  std::copy_n(digest.begin(), id.bytes.size() - kTimeBytes, id.bytes.begin() + kTimeBytes);
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (id.bytes[6] & 0x0F));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3F));
  return id;
}

std::optional<std::int64_t> find_post(storage::Database& db, const core::Uuid& id) {
  return db.integer(R"sql(
      SELECT id
      FROM posts
      WHERE uuid = ?1)sql",
                    id);
}

std::optional<std::int64_t> find_job(storage::Database& db, const core::Uuid& id) {
  return db.integer(R"sql(
      SELECT id
      FROM jobs
      WHERE uuid = ?1)sql",
                    id);
}

}  // namespace

Line::Line(Context& context, std::string_view kind, std::shared_ptr<const http::JsonDocument> document)
    : body(std::move(document)), context_(context), kind_(kind) {}

std::optional<std::string> Line::text(std::string_view field, const http::TextRule& rule) {
  auto said = body.maybe_text(field, rule);
  return said && !said->empty() ? std::move(said) : std::nullopt;
}

std::optional<core::Time> Line::time_in(http::Body& object, std::string_view field) const {
  const auto said = object.maybe_text(field, {.min = 1, .max = 40, .multiline = false});
  if (!said || said->empty()) return std::nullopt;
  const auto time = core::parse_time(*said);
  if (!time) {
    object.fault(field, std::string(field) + " must be a time like 2026-02-03T12:00:00.000Z.");
    return std::nullopt;
  }
  return *time + context_.options.shift;
}

core::Time Line::created_at() { return maybe_time("created_at").value_or(now()); }

core::Uuid Line::id(core::Time created_at) {
  // Made of the time as it is told, so that shifted archives have the same ids every time.
  const core::Time told = created_at - context_.options.shift;
  const auto label = body.label("id", kMaxId);
  if (!label) return core::make_uuid(told, context_.random);
  if (const auto uuid = core::parse_uuid(*label)) return *uuid;
  const auto key = key_of(kind_, *label);
  const auto [entry, is_new] = context_.named.emplace(key, uuid_of(key, told));
  if (!is_new) body.fault("id", "id \"" + *label + "\" stands in an earlier line, too.");
  return entry->second;
}

std::optional<core::Uuid> Line::maybe_reference(std::string_view field, std::string_view kind) {
  const auto label = body.label(field, kMaxId);
  if (!label || label->empty()) return std::nullopt;
  if (const auto uuid = core::parse_uuid(*label)) return uuid;
  const auto known = context_.named.find(key_of(kind, *label));
  if (known != context_.named.end()) return known->second;
  require_known(kind, *label);
  body.fault(field, std::string(field) + " \"" + *label + "\" is the id of nothing in " + std::string(kind) +
                        ".ndjson of the same import.");
  return std::nullopt;
}

core::Uuid Line::reference(std::string_view field, std::string_view kind) {
  if (!body.has(field) || body.is_null(field)) body.fault(field, std::string(field) + " is required: send an id.");
  return maybe_reference(field, kind).value_or(core::Uuid{});
}

std::optional<std::string> Line::handle(std::string_view field) {
  constexpr http::TextRule kHandle{.min = 1, .max = 60, .multiline = false};
  std::optional<std::string> handle;
  if (body.is_object(field)) {
    auto object = body.object(field);
    handle = object->text("handle", kHandle);
    body.take_faults(*object);
  } else {
    handle = body.maybe_text(field, kHandle);
  }
  return handle && !handle->empty() ? std::optional(core::to_lower_ascii(*handle)) : std::nullopt;
}

std::optional<std::int64_t> Line::maybe_agent(std::string_view field) {
  const auto name = handle(field);
  if (!name) return std::nullopt;
  const auto id = agents::find(db(), *name);
  if (id) return id;
  require_known("agents", *name);
  body.fault(field, std::string(field) + ": there is no agent with the handle \"" + *name + "\".");
  return std::nullopt;
}

std::int64_t Line::agent(std::string_view field) {
  if (!body.has(field) || body.is_null(field)) {
    body.fault(field, std::string(field) + " is required: send an agent's handle.");
  }
  return maybe_agent(field).value_or(0);
}

std::optional<std::int64_t> Line::nullable_agent(std::string_view field) {
  if (!body.has(field)) {
    body.fault(field, std::string(field) + " is required: send an agent's handle, or null for one that was deleted.");
  }
  return maybe_agent(field);
}

std::optional<std::int64_t> Line::maybe_organization(std::string_view field) {
  const auto name = handle(field);
  if (!name) return std::nullopt;
  const auto organization = organizations::find(db(), *name);
  if (organization) return organization->id;
  require_known("organizations", *name);
  body.fault(field, std::string(field) + ": there is no organization with the handle \"" + *name + "\".");
  return std::nullopt;
}

std::int64_t Line::organization(std::string_view field) {
  if (!body.has(field) || body.is_null(field)) {
    body.fault(field, std::string(field) + " is required: send an organization's handle.");
  }
  return maybe_organization(field).value_or(0);
}

std::int64_t Line::row(std::string_view field, std::string_view kind, Find find) {
  const auto uuid = reference(field, kind);
  if (!body.ok()) return 0;
  const auto id = find(db(), uuid);
  if (id) return *id;
  require_known(kind, uuid.text());
  body.fault(field, std::string(field) + ": there is nothing with the id " + uuid.text() + " among the " +
                        std::string(kind) + ".");
  return 0;
}

std::int64_t Line::post(std::string_view field) { return row(field, "posts", find_post); }

std::int64_t Line::job(std::string_view field) { return row(field, "jobs", find_job); }

void Line::require_known(std::string_view kind, const std::string& name) {
  if (context_.missed.contains(key_of(kind, name))) throw Missed{};
}

void Line::miss() {
  http::Body again(body.document());
  for (const auto field : {"handle", "id"}) {
    const auto label = again.label(field, kMaxId);
    if (label && !label->empty()) context_.missed.insert(key_of(kind_, core::to_lower_ascii(*label)));
    if (label && !label->empty()) context_.missed.insert(key_of(kind_, *label));
  }
}

}  // namespace archive
