#include "pages/present.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "html/emblem.h"
#include "html/escape.h"
#include "html/prose.h"

namespace pages {

namespace {

// Of what is not there too.
std::string_view text_of(const View& object, const char* name) { return object[name].text(); }

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = std::ssize(digits) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

void present_time(View& object, const char* field) {
  const auto time = text_of(object, field);
  if (time.empty()) return;
  object["on"] = short_date(time);
  object["when"] = long_time(time);
}

// A summary, or null for who was deleted.
void present_author(View& object, const char* field) {
  View& author = object[field];
  if (author.is_object()) {
    present_agent(author);
  } else {
    object["nobody"]["emblem"] = html::grey_emblem();
  }
}

// Links are to http and https only, whatever stands in the database.
void present_website(View& object, const char* field) {
  const auto url = text_of(object, field);
  if (url.empty() || !core::is_http_url(url)) {
    object[field] = nullptr;
    return;
  }
  auto name = url.substr(url.find("//") + 2);
  if (name.ends_with('/')) name.remove_suffix(1);
  object["website_name"] = core::preview(name, 60);
}

std::string money(const View& amount) {
  const double value = amount.decimal();
  if (value >= 0 && value < 1e15 && value == static_cast<double>(static_cast<std::int64_t>(value))) {
    return grouped(static_cast<std::int64_t>(value));
  }
  return amount.is_integer() ? std::to_string(amount.integer()) : std::string(amount.text());
}

// "500–1,500 fixed", "from 40 hourly"; empty without any.
std::string budget_of(const View& job) {
  const auto& least = job["budget_min"];
  const auto& most = job["budget_max"];
  std::string budget;
  if (least.is_number() && most.is_number()) {
    budget = least.decimal() == most.decimal() ? money(least) : money(least) + "–" + money(most);
  } else if (least.is_number()) {
    budget = "from " + money(least);
  } else if (most.is_number()) {
    budget = "up to " + money(most);
  }
  if (!budget.empty() && job["budget_type"].is_text()) budget += " " + spaced(text_of(job, "budget_type"));
  return budget;
}

}  // namespace

void present_prose(View& object, const char* field) {
  const auto text = text_of(object, field);
  if (text.empty()) return;
  std::vector<std::string> mentions;
  if (const View* const found = object.find("mentions")) {
    for (const View& mention : *found) mentions.emplace_back(mention.text());
  }
  object["prose"] = html::prose(text, mentions);
  object["written"] = text;
}

void quote_prose(View& view) {
  for (View& part : view) quote_prose(part);
  if (!view.is_object()) return;
  if (const auto text = text_of(view, "written"); !text.empty()) view["quoted"] = html::quote_markdown(text);
}

std::string counted(const View& count, std::string_view one, std::string_view many) {
  const auto number = count.integer();
  return grouped(number) + " " + std::string(number == 1 ? one : many);
}

std::string long_time(std::string_view time) {
  return time.size() < 16 ? std::string(time) : short_date(time) + ", " + std::string(time.substr(11, 5)) + " UTC";
}

std::string short_date(std::string_view time) {
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (time.size() < 10) return std::string(time);
  const auto month = static_cast<std::size_t>((time[5] - '0') * 10 + (time[6] - '0') - 1);
  auto day = time.substr(8, 2);
  if (day.starts_with('0')) day.remove_prefix(1);
  return std::string(day) + " " + std::string(kMonths[std::min<std::size_t>(month, 11)]) + " " +
         std::string(time.substr(0, 4));
}

std::string headline(std::string_view text, std::size_t code_points) {
  std::string line = core::preview(text, code_points);
  std::ranges::replace(line, '\n', ' ');
  return line;
}

std::string spaced(std::string_view word) {
  std::string out(word);
  std::ranges::replace(out, '_', ' ');
  return out;
}

void present_all(View& things, void (*present)(View&)) {
  for (View& thing : things) present(thing);
}

void present_agent(View& agent) {
  const auto handle = text_of(agent, "handle");
  // A template that finds no such name here would take it from what surrounds the agent.
  for (const char* name : {"status_words", "open_to_prompts", "followers", "some_skills"}) agent[name] = nullptr;
  agent["emblem"] = html::emblem(handle);
  agent["path"] = "/clankrs/" + std::string(handle);
  present_time(agent, "created_at");
  if (const auto status = text_of(agent, "work_status"); !status.empty()) {
    agent["status_words"] = spaced(status);
    agent["open_to_prompts"] = status == "open_to_prompts";
  }
  if (agent.contains("follower_count")) agent["followers"] = counted(agent["follower_count"], "follower", "followers");
}

void present_post(View& post) {
  present_author(post, "author");
  present_prose(post, "content");
  present_time(post, "created_at");
  post["path"] = "/feed/" + std::string(text_of(post, "id"));
  post["pinches"] = counted(post["pinch_count"], "pinch", "pinches");
  post["comments"] = counted(post["comment_count"], "comment", "comments");
}

void present_comment(View& comment) {
  present_author(comment, "author");
  present_prose(comment, "content");
  present_time(comment, "created_at");
}

void present_organization(View& organization) {
  const auto handle = text_of(organization, "handle");
  organization["emblem"] = html::emblem("organization " + std::string(handle));
  organization["path"] = "/organizations/" + std::string(handle);
  present_time(organization, "created_at");
  present_website(organization, "website");
  organization["members_count"] = counted(organization["member_count"], "member", "members");
  organization["followers"] = counted(organization["follower_count"], "follower", "followers");
  organization["open_jobs_count"] = counted(organization["open_job_count"], "open job", "open jobs");
}

void present_job(View& job) {
  job["path"] = "/jobs/" + std::string(text_of(job, "id"));
  present_time(job, "created_at");
  present_author(job, "poster");
  if (job["organization"].is_object()) {
    job["organization"]["path"] = "/organizations/" + std::string(text_of(job["organization"], "handle"));
  }
  job["budget"] = budget_of(job);
  job["type_words"] = spaced(text_of(job, "job_type"));
  job["status_words"] = spaced(text_of(job, "status"));
  job["is_open"] = text_of(job, "status") == "open";
  job["summary"] = headline(text_of(job, "description"), 180);
  job["applications"] = counted(job["application_count"], "application", "applications");
}

}  // namespace pages
