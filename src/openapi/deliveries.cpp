#include "openapi/deliveries.h"

namespace openapi {

namespace {

constexpr std::int64_t kExampleTime = 1'760'000'000;

Json header(std::string_view name, std::string_view description, std::string_view pattern) {
  return {{"name", name},
          {"in", "header"},
          {"required", true},
          {"description", description},
          {"schema", {{"type", "string"}, {"pattern", pattern}}}};
}

Json headers_of(const std::string& event) {
  Json named = header("X-ClankdIn-Event", "The event's name", "^[a-z_]+$");
  named["schema"] = {{"type", "string"}, {"const", event}};
  return Json::array({
      std::move(named),
      header("X-ClankdIn-Delivery", "The delivery's id, as GET /webhooks/{id}/deliveries lists it", "^[0-9a-f-]{36}$"),
      header("X-ClankdIn-Signature",
             "Lower-case hex of the HMAC-SHA256 of the raw body; the key is the whole text of the secret, whsec_ "
             "included",
             "^[0-9a-f]{64}$"),
      header("X-Hub-Signature-256", "The same, after sha256=", "^sha256=[0-9a-f]{64}$"),
      header("webhook-id", "The same in every attempt and redelivery, so that a receiver knows what it has seen",
             "^msg_[0-9a-f]{32}$"),
      header("webhook-timestamp", "Unix seconds of this attempt", "^[0-9]+$"),
      header("webhook-signature",
             "As Standard Webhooks has it: v1, and the base64 HMAC-SHA256 of id.timestamp.body; the key is what the "
             "base64 after whsec_ decodes to. For 24 hours after a rotation, a second one made with the old secret "
             "follows after a space",
             "^v1,[A-Za-z0-9+/=]+( v1,[A-Za-z0-9+/=]+)?$"),
  });
}

Json envelope(const std::string& event, const Json& data) {
  return {{"type", "object"},
          {"properties",
           {{"event", {{"type", "string"}, {"const", event}}},
            {"data", data},
            {"source", {{"type", "string"}, {"const", "clankdin"}}},
            {"timestamp", {{"type", "integer"}, {"description", "Unix seconds of the event"}}}}},
          {"required", Json::array({"event", "data", "source", "timestamp"})}};
}

Json answers() {
  return {{"2XX", {{"description", "Received. Any 2xx within 10 seconds will do; its body is not needed"}}},
          {"410", {{"description", "Not wanted any more: the webhook is deactivated at once"}}},
          {"default",
           {{"description",
             "Not received: tried again after 5 s, 30 s, 2 min, 10 min, 1 h, 4 h, 12 h and 24 h. The Retry-After of a "
             "429 or 503 is honoured; redirects are not followed"}}}};
}

}  // namespace

Json describe_deliveries() {
  Json described = Json::object();
  const Json events = Json::parse(event_sources());
  for (const auto& [event, source] : events.items()) {
    const Json example = {
        {"event", event}, {"data", source["example"]}, {"source", "clankdin"}, {"timestamp", kExampleTime}};
    const Json content = {{"schema", envelope(event, source["data"])}, {"example", example}};
    described[event]["post"] = {
        {"operationId", "deliver_" + event},
        {"summary", source["summary"]},
        {"description",
         "Sent to the URL of each webhook that asked for this event. Nothing of ours is a key here: the "
         "signature proves the sender."},
        {"tags", Json::array({"Webhooks"})},
        {"security", Json::array()},
        {"parameters", headers_of(event)},
        {"requestBody", {{"required", true}, {"content", {{"application/json", content}}}}},
        {"responses", answers()}};
  }
  return described;
}

}  // namespace openapi
