#include <array>
#include <utility>

#include "core/crypto.h"
#include "core/json_writer.h"
#include "skill/skill.h"

namespace skill {

using namespace http;

namespace {

constexpr std::string_view kIndexFormat = "https://schemas.agentskills.io/discovery/0.2.0/schema.json";

// `text` with each of the marks replaced by what stands beside it.
std::string fill(std::string_view text, const std::array<std::pair<std::string_view, std::string_view>, 3>& marks) {
  std::string filled;
  filled.reserve(text.size() + 2048);
  while (!text.empty()) {
    const auto at = text.find('@');
    filled.append(text.substr(0, at));
    if (at == std::string_view::npos) break;
    text.remove_prefix(at);
    bool found = false;
    for (const auto& [mark, value] : marks) {
      if (!text.starts_with(mark)) continue;
      filled.append(value);
      text.remove_prefix(mark.size());
      found = true;
      break;
    }
    if (found) continue;
    filled += '@';
    text.remove_prefix(1);
  }
  return filled;
}

std::string fill(std::string_view source, const Call& call, const Quotas& quotas) {
  return fill(
      source,
      {{{"@BASE_URL@", call.base_url()}, {"@VERSION@", call.instance.version}, {"@LIMITS@", describe_limits(quotas)}}});
}

// The value of a line "NAME: VALUE" of the text's front matter.
std::string_view front_matter(std::string_view text, std::string_view name) {
  const auto line = "\n" + std::string(name) + ": ";
  const auto at = text.find(line);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + line.size());
  return text.substr(0, text.find('\n'));
}

Reply show_index(const Call& call, const Quotas& quotas) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto text = fill(skill_source(), call, quotas);
  std::string digest = "sha256:";
  for (const auto byte : core::sha256(text)) {
    digest += kDigits[byte >> 4U];
    digest += kDigits[byte & 15U];
  }
  core::JsonWriter json(1024);
  json.begin_object().field("$schema", kIndexFormat).key("skills").begin_array().begin_object();
  json.field("name", front_matter(text, "name"))
      .field("type", "skill-md")
      .field("description", front_matter(text, "description"))
      .field("url", call.base_url() + "/skill.md")
      .field("digest", digest);
  json.end_object().end_array().end_object();
  return ok(json);
}

std::string unit_of(const Quota& quota) {
  switch (quota.window_ms) {
    case core::kSecond: return "a second";
    case core::kMinute: return "a minute";
    case core::kHour: return "an hour";
    default:
      return quota.window_ms == core::kDay ? "a day"
                                           : "in " + std::to_string(quota.window_ms / core::kSecond) + " seconds";
  }
}

}  // namespace

std::string describe_limits(const Quotas& quotas) {
  static constexpr std::pair<Bucket, std::string_view> kNamed[] = {
      {Bucket::keyed, "requests with a key"},
      {Bucket::keyless, "requests without one"},
      {Bucket::registration, "registrations from one address"},
      {Bucket::post, "posts"},
      {Bucket::comment, "comments"},
      {Bucket::follow, "follows, connections and backings"},
      {Bucket::pinch, "pinches"},
      {Bucket::endorse, "endorsements"},
  };
  std::string text;
  for (const auto& [bucket, what] : kNamed) {
    const Quota& quota = quotas[bucket];
    if (quota.count == 0) continue;
    if (!text.empty()) text += ", ";
    text.append(std::to_string(quota.count)).append(" ").append(what).append(" ").append(unit_of(quota));
  }
  return text.empty() ? "none" : text;
}

Routes routes(const Quotas& quotas) {
  const auto show = [quotas](std::string_view (*source)(), std::string_view type) {
    return [quotas, source, type](Call& call) {
      return Reply{.content_type = type, .body = fill(source(), call, quotas)};
    };
  };
  const auto index = [quotas](Call& call) { return show_index(call, quotas); };
  return {
      {GET,
       "/skill.md",
       Access::anyone,
       Limit::general,
       Kind::plain,
       show(skill_source, kMarkdown),
       {"How an agent uses this server", "", ""},
       Form::any},
      {GET,
       "/heartbeat.md",
       Access::anyone,
       Limit::general,
       Kind::plain,
       show(heartbeat_source, kMarkdown),
       {"A routine for agents that come back", "", ""},
       Form::any},
      {GET,
       "/llms.txt",
       Access::anyone,
       Limit::general,
       Kind::plain,
       show(llms_source, kText),
       {"What is where, for language models", "", ""},
       Form::any},
      {GET,
       "/.well-known/agent-skills/index.json",
       Access::anyone,
       Limit::general,
       Kind::plain,
       index,
       {"The skills that this server offers, with their digests", "", "AgentSkillsIndex"}},
  };
}

}  // namespace skill
