#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "http/body.h"
#include "http/page.h"
#include "http/query.h"
#include "webhooks/dispatcher.h"
#include "webhooks/signature.h"
#include "webhooks/url.h"
#include "webhooks/webhooks.h"

namespace webhooks {

using namespace http;

namespace {

constexpr TextRule kDescription{.min = 0, .max = 500, .multiline = true};

// Each event once, in the order given; `all` makes the others superfluous.
std::optional<std::vector<std::string>> read_events(Body& body) {
  auto events = body.maybe_texts("events", {.min = 1, .max = 50, .item = {.min = 1, .max = 50, .multiline = false}});
  if (!events) return std::nullopt;
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < events->size(); ++i) {
    const std::string& event = (*events)[i];
    if (!event.empty() && std::ranges::find(kEvents, event) == kEvents.end()) {
      const std::string field = "events[" + std::to_string(i) + "]";
      body.fault(field, field + " must be one of " + core::any_of(kEvents) + ".");
    }
    if (std::ranges::find(kept, event) == kept.end()) kept.push_back(event);
  }
  if (std::ranges::find(kept, kAll) != kept.end()) kept = {std::string(kAll)};
  return kept;
}

std::optional<std::string> read_url(Body& body, bool block_private) {
  auto url = body.maybe_text("url", {.min = 1, .max = kMaxUrl, .multiline = false});
  if (!url || url->empty()) return url;
  if (const auto fault = url_fault(*url, block_private)) body.fault("url", *fault);
  return url;
}

Reply webhook_reply(Call& call, std::int64_t id, Secret secret = Secret::hidden) {
  core::JsonWriter json;
  json.begin_object().key("webhook");
  write(json, find(call.db(), id).value(), secret);
  json.end_object();
  return ok(json);
}

// After the commit, the dispatcher looks at the webhook again.
void tell_changed(const Office& office, const Call& call, std::int64_t id) {
  call.db().after_commit([&dispatcher = office.dispatcher, id] { dispatcher.changed(id); });
}

Reply register_webhook(const Office& office, Call& call) {
  auto& db = call.db();
  Body body(call.request);
  const auto url = read_url(body, office.block_private);
  if (!url) body.fault("url", "url is required: send the http or https URL that deliveries are to be sent to.");
  const auto events = read_events(body);
  const auto description = body.maybe_text("description", kDescription);
  body.check();
  if (const auto known = find_by_url(db, call.caller.id, *url)) {
    set_events(db, known->id, events.value_or(std::vector<std::string>{std::string(kAll)}));
    if (description) set_description(db, known->id, description);
    return webhook_reply(call, known->id);
  }
  if (count(db, call.caller.id) >= kMaxWebhooks) {
    throw core::conflict("You have " + std::to_string(kMaxWebhooks) +
                         " webhooks, and an agent can have no more. Delete one with DELETE /webhooks/ID, or register "
                         "one of their URLs again to change its events.");
  }
  const auto uuid = call.make_id();
  const auto id = insert(db, {.uuid = uuid,
                              .agent = call.caller.id,
                              .url = *url,
                              .events = events.value_or(std::vector<std::string>{std::string(kAll)}),
                              .description = description,
                              .secret = make_secret(call.random),
                              .created_at = call.now});
  Reply reply = webhook_reply(call, id, Secret::shown);
  reply.status = 201;
  return std::move(reply).header("Location", "/webhooks/" + uuid.text());
}

Reply list_webhooks(const Office&, Call& call) {
  Query query(call.request);
  const auto page = Page::read(query, "webhooks", 2);
  query.check();
  std::vector<Line> lines;
  for (auto row =
           call.db().query(R"sql(
           SELECT created_at, id
           FROM webhooks
           WHERE agent_id = ?1
             AND (created_at, id) < (?2, ?3)
           ORDER BY created_at DESC, id DESC
           LIMIT ?4 OFFSET ?5)sql",
                           call.caller.id, page.key(0, kNewest), page.key(1, kNewest), page.fetch(), page.offset);
       row.step();) {
    lines.push_back({row.integer(0), row.integer(1)});
  }
  core::JsonWriter json(2048);
  json.begin_object();
  write_page(json, "webhooks", page, std::move(lines),
             [&](std::int64_t id) { write(json, find(call.db(), id).value()); });
  json.end_object();
  return ok(json);
}

Reply show_webhook(const Office&, Call& call) {
  return webhook_reply(call, require(call.db(), call.caller.id, call.parameter(0)).id);
}

Reply update_webhook(const Office& office, Call& call) {
  auto& db = call.db();
  const auto webhook = require(db, call.caller.id, call.parameter(0));
  Body body(call.request);
  for (const auto field : {"url", "events", "active"}) {
    if (body.is_null(field)) {
      body.fault(field, std::string(field) + " cannot be cleared: send a value, or leave it out.");
    }
  }
  const auto url = read_url(body, office.block_private);
  const auto events = read_events(body);
  const auto description = body.maybe_text("description", kDescription);
  const auto active = body.boolean("active");
  body.check();
  if (url && *url != webhook.url) {
    if (find_by_url(db, call.caller.id, *url)) {
      throw core::conflict("Another of your webhooks has this URL. GET /webhooks lists them; delete that one first.");
    }
    set_url(db, webhook.id, *url);
  }
  if (events) set_events(db, webhook.id, *events);
  if (body.has("description")) set_description(db, webhook.id, description);
  if (active && *active && !webhook.active) activate(db, webhook.id, call.now);
  if (active && !*active) deactivate(db, webhook.id, std::nullopt);
  tell_changed(office, call, webhook.id);
  return webhook_reply(call, webhook.id);
}

Reply delete_webhook(const Office& office, Call& call) {
  const auto webhook = require(call.db(), call.caller.id, call.parameter(0));
  erase(call.db(), webhook.id);
  tell_changed(office, call, webhook.id);
  return no_content();
}

void rotate(const Office& office, Call& call, std::int64_t id) {
  set_secret(call.db(), id, make_secret(call.random), call.now);
  tell_changed(office, call, id);
}

Reply rotate_secret(const Office& office, Call& call) {
  const auto webhook = require(call.db(), call.caller.id, call.parameter(0));
  rotate(office, call, webhook.id);
  return webhook_reply(call, webhook.id, Secret::shown);
}

Reply rotate_secrets(const Office& office, Call& call) {
  std::vector<std::int64_t> ids;
  for (auto row = call.db().query(R"sql(
           SELECT id
           FROM webhooks
           WHERE agent_id = ?1
           ORDER BY created_at DESC, id DESC)sql",
                                  call.caller.id);
       row.step();) {
    ids.push_back(row.integer(0));
  }
  core::JsonWriter json(2048);
  json.begin_object().key("webhooks").begin_array();
  for (const std::int64_t id : ids) {
    rotate(office, call, id);
    write(json, find(call.db(), id).value(), Secret::shown);
  }
  json.end_array().end_object();
  return ok(json);
}

}  // namespace

// clang-format off: a table
Routes routes(const Office& office) {
  const auto on = [&office](Reply (*handler)(const Office&, Call&)) {
    return [&office, handler](Call& call) { return handler(office, call); };
  };
  Routes routes = {
      {POST,
       "/webhooks/register",
       Access::agent,
       Limit::general,
       Kind::write,
       on(register_webhook),
       {"Have events sent to a URL", "NewWebhook", "RegisteredWebhook"}},
      {GET,
       "/webhooks",
       Access::agent,
       Limit::general,
       Kind::read,
       on(list_webhooks),
       {"Your webhooks", "", "WebhookPage"}},
      {GET,
       "/webhooks/:id",
       Access::agent,
       Limit::general,
       Kind::read,
       on(show_webhook),
       {"One of your webhooks", "", "WebhookAnswer"}},
      {PATCH,
       "/webhooks/:id",
       Access::agent,
       Limit::general,
       Kind::write,
       on(update_webhook),
       {"Change a webhook, or revive it with active: true", "WebhookUpdate", "WebhookAnswer"}},
      {PUT,
       "/webhooks/:id",
       Access::agent,
       Limit::general,
       Kind::write,
       on(update_webhook),
       {"Change a webhook, or revive it with active: true", "WebhookUpdate", "WebhookAnswer"}},
      {DELETE,
       "/webhooks/:id",
       Access::agent,
       Limit::general,
       Kind::write,
       on(delete_webhook),
       {"Delete a webhook with its deliveries", "", ""}},
      {POST,
       "/webhooks/:id/rotate-secret",
       Access::agent,
       Limit::general,
       Kind::write,
       on(rotate_secret),
       {"Get a new secret; the old one signs too for 24 hours", "", "RegisteredWebhook"}},
      {POST,
       "/webhooks/rotate-secret",
       Access::agent,
       Limit::general,
       Kind::write,
       on(rotate_secrets),
       {"Get new secrets for all your webhooks", "", "RotatedWebhooks"}},
  };
  for (auto& route : delivery_routes(office)) routes.push_back(std::move(route));
  return routes;
}
// clang-format on

}  // namespace webhooks
