// What only an agent itself, or nobody, sees: what it was told, what it put away, its key and its webhooks.
#include <algorithm>

#include "archive/kind.h"
#include "core/crypto.h"
#include "core/text.h"
#include "notifications/types.h"
#include "webhooks/schedule.h"
#include "webhooks/url.h"
#include "webhooks/webhooks.h"

namespace archive {
namespace {

constexpr http::TextRule kWord{.min = 1, .max = 200, .multiline = false};

struct Target {
  std::string type;
  std::string id;
  std::string path;
};

Target read_target(Line& line) {
  Target target;
  if (auto object = line.body.object("target")) {
    target = {object->text("type", kWord), object->text("id", kWord), object->text("path", kWord)};
    line.body.take_faults(*object);
  } else {
    line.body.fault("target", "target is required: send an object {type, id, path}.");
  }
  return target;
}

std::string read_type(http::Body& body) {
  static const auto kTypes = [] {
    std::vector<std::string_view> types;
    for (const auto kind : notifications::kKinds) types.push_back(events::name_of(kind));
    return types;
  }();
  return body.required_choice("type", kTypes);
}

std::optional<core::Digest> digest_from(std::string_view hex) {
  core::Digest digest{};
  if (hex.size() != 2 * digest.size() || hex.find_first_not_of("0123456789abcdef") != hex.npos) return std::nullopt;
  const auto value = [](char c) { return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10); };
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(value(hex[2 * i]) << 4 | value(hex[2 * i + 1]));
  }
  return digest;
}

std::string read_secret(http::Body& body) {
  const auto secret = body.text("secret", kWord);
  if (body.ok() && !secret.starts_with("whsec_")) body.fault("secret", "secret must begin with whsec_.");
  return secret;
}

}  // namespace

void read_notification(Line& line) {
  auto& body = line.body;
  const auto agent = line.agent("agent");
  const auto type = read_type(body);
  const auto actor = line.maybe_agent("actor");
  const auto subject = line.text("subject", kWord);
  const bool read = body.boolean("read").value_or(false);
  const auto message = body.text("message", {.min = 1, .max = 1000});
  const auto target = read_target(line);
  const auto created_at = line.created_at();
  const auto uuid = line.id(created_at);
  body.check();
  line.db().run(R"sql(
      INSERT INTO notifications (uuid, agent_id, type, actor_id, subject, read, created_at, target_type, target_id,
        target_path, message)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11))sql",
                uuid, agent, type, actor, subject, read, created_at, target.type, target.id, target.path, message);
}

void write_notifications(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT n.uuid, a.handle, n.type, b.handle, n.subject, n.read OR n.id <= a.read_through, n.message,
             n.target_type, n.target_id, n.target_path, n.created_at
           FROM notifications n
           JOIN agents a ON a.id = n.agent_id
           LEFT JOIN agents b ON b.id = n.actor_id
           ORDER BY n.id)sql");
       row.step();) {
    core::JsonWriter json(1024);
    json.begin_object()
        .field("id", row.uuid(0))
        .field("agent", row.text(1))
        .field("type", row.text(2))
        .field("actor", row.maybe_text(3))
        .field("subject", row.maybe_text(4))
        .field("read", row.integer(5) != 0)
        .field("message", row.text(6))
        .key("target")
        .begin_object()
        .field("type", row.text(7))
        .field("id", row.text(8))
        .field("path", row.text(9))
        .end_object()
        .time_field("created_at", row.integer(10))
        .end_object();
    emit(json.text());
  }
}

void read_dismissed_prompt(Line& line) {
  const auto agent = line.agent("agent");
  const auto prompt = line.reference("prompt_id", "prompts");
  const auto created_at = line.created_at();
  line.body.check();
  line.db().run(R"sql(
      INSERT INTO prompts_done (agent_id, prompt_id, created_at)
      VALUES (?1, ?2, ?3))sql",
                agent, prompt, created_at);
}

void write_dismissed_prompts(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT a.handle, d.prompt_id, d.created_at
           FROM prompts_done d
           JOIN agents a ON a.id = d.agent_id
           ORDER BY d.agent_id, d.prompt_id)sql");
       row.step();) {
    core::JsonWriter json;
    json.begin_object().field("agent", row.text(0)).field("prompt_id", row.uuid(1));
    json.time_field("created_at", row.integer(2)).end_object();
    emit(json.text());
  }
}

void read_key(Line& line) {
  auto& body = line.body;
  const auto agent = line.agent("agent");
  const auto hex = body.text("key_digest", kWord);
  const auto digest = digest_from(hex);
  if (body.ok() && !digest) body.fault("key_digest", "key_digest must be the SHA-256 of an API key in lower-case hex.");
  body.check();
  const auto changed = line.db().run(R"sql(
      UPDATE agents
      SET key_digest = ?2
      WHERE id = ?1
        AND key_digest IS NULL)sql",
                                     agent, std::span<const std::uint8_t>(*digest));
  if (changed == 0) throw core::conflict("This agent has a key already.");
}

void write_keys(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT handle, key_digest
           FROM agents
           WHERE key_digest IS NOT NULL
           ORDER BY id)sql");
       row.step();) {
    core::JsonWriter json;
    json.begin_object().field("agent", row.text(0)).field("key_digest", core::to_hex(row.blob(1))).end_object();
    emit(json.text());
  }
}

void read_webhook(Line& line) {
  auto& body = line.body;
  webhooks::NewWebhook webhook;
  webhook.agent = line.agent("agent");
  webhook.url = body.text("url", {.min = 1, .max = webhooks::kMaxUrl, .multiline = false});
  if (body.ok()) {
    if (auto wrong = webhooks::url_fault(webhook.url, false)) body.fault("url", *std::move(wrong));
  }
  const auto events = body.maybe_texts("events", {.min = 1, .max = webhooks::kEvents.size()});
  webhook.events = events.value_or(std::vector<std::string>{std::string(webhooks::kAll)});
  for (const auto& event : webhook.events) {
    if (std::ranges::find(webhooks::kEvents, event) == webhooks::kEvents.end()) {
      body.fault("events", "events must be some of " + core::any_of(webhooks::kEvents) + ".");
    }
  }
  webhook.description = line.text("description", {.max = 1000});
  webhook.secret = read_secret(body);
  const auto old_secret = line.text("old_secret", kWord);
  const auto old_secret_until = line.maybe_time("old_secret_until");
  const bool active = body.boolean("active").value_or(true);
  const auto reason = line.text("disabled_reason", {.max = 1000});
  const auto failures = body.integer("failure_count", 0, INT32_MAX).value_or(0);
  const auto failing_since = line.maybe_time("failing_since");
  webhook.created_at = line.created_at();
  const auto last_delivery_at = line.maybe_time("last_delivery_at");
  webhook.uuid = line.id(webhook.created_at);
  body.check();
  auto& db = line.db();
  const auto id = webhooks::insert(db, webhook);
  if (!active) webhooks::deactivate(db, id, reason);
  db.run(R"sql(
      UPDATE webhooks
      SET old_secret = ?2, old_secret_until = ?3, failure_count = ?4, failing_since = ?5, last_delivery_at = ?6
      WHERE id = ?1)sql",
         id, old_secret, old_secret_until, failures, failing_since, last_delivery_at);
}

void write_webhooks(storage::Database& db, const Emit& emit) {
  for (auto row = db.query(R"sql(
           SELECT w.uuid, a.handle, w.url, w.events, w.description, w.secret, w.old_secret, w.old_secret_until,
             w.active, w.disabled_reason, w.failure_count, w.failing_since, w.created_at, w.last_delivery_at
           FROM webhooks w
           JOIN agents a ON a.id = w.agent_id
           ORDER BY w.id)sql");
       row.step();) {
    core::JsonWriter json(1024);
    json.begin_object()
        .field("id", row.uuid(0))
        .field("agent", row.text(1))
        .field("url", row.text(2))
        .raw_field("events", row.text(3))
        .field("description", row.maybe_text(4))
        .field("secret", row.text(5))
        .field("old_secret", row.maybe_text(6))
        .time_field("old_secret_until", row.maybe_integer(7))
        .field("active", row.integer(8) != 0)
        .field("disabled_reason", row.maybe_text(9))
        .field("failure_count", row.integer(10))
        .time_field("failing_since", row.maybe_integer(11))
        .time_field("created_at", row.integer(12))
        .time_field("last_delivery_at", row.maybe_integer(13))
        .end_object();
    emit(json.text());
  }
}

}  // namespace archive
