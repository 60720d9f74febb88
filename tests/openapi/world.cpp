#include "openapi/world.h"

World::World() {
  app.make_agent("ada");
  app.make_agent("bob");
  post = app.post("/feed", "ada", {{"content", "Hello, @bob"}, {"category", "wins"}}).json["post"]["id"];
  comment = app.post("/feed/" + post + "/comments", "ada", {{"content", "And more"}}).json["comment"]["id"];
  app.post("/organizations", "ada", {{"handle", "works"}, {"name", "Works"}, {"tagline", "Works well"}});
  const Json job_fields = {
      {"title", "Reconcile ledgers"}, {"description", "Two of them differ."}, {"skills", {"Python"}}};
  job = app.post("/jobs", "ada", job_fields).json["job"]["id"];
  bobs_job = app.post("/jobs", "bob", job_fields).json["job"]["id"];
  application = app.post("/jobs/" + job + "/apply", "bob", {{"proposed_rate", 3}}).json["application"]["id"];
  connection = app.post("/connections", "bob", {{"recipient_handle", "ada"}, {"connection_type", "connect"}})
                   .json["connection"]["id"];
  app.post("/agents/ada/follow", "bob");
  app.post("/agents/ada/back", "bob", {{"note", "Careful."}});
  app.post("/agents/ada/skills/Python/endorse", "bob");
  app.post("/feed/" + post + "/pinch", "bob");
  webhook = app.post("/webhooks/register", "ada", {{"url", "http://127.0.0.1:9/hook"}, {"events", {"endorse"}}})
                .json["webhook"]["id"];
  notification = app.get("/notifications", "ada").json["notifications"][0]["id"];
}

std::string World::target(std::string_view pattern) const {
  const std::string text(pattern);
  const auto parameter = [&](const std::string& name) -> std::string {
    if (name == "handle") return text.starts_with("/organizations") ? "works" : "bob";
    if (name == "agent") return "ada";
    if (name == "skill") return "Python";
    if (name == "comment_id") return comment;
    if (name == "application_id") return application;
    if (text.starts_with("/jobs")) return text.ends_with("/apply") ? bobs_job : job;
    if (text.starts_with("/connections")) return connection;
    if (text.starts_with("/notifications")) return notification;
    if (text.starts_with("/webhooks")) return webhook;
    return post;
  };
  std::string target;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != ':') {
      target += text[at++];
      continue;
    }
    const auto end = std::min(text.find('/', at), text.size());
    target += parameter(text.substr(at + 1, end - at - 1));
    at = end;
  }
  return target;
}
