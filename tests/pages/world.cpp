#include "pages/world.h"

namespace pages_test {

World::World(TestApp& app) {
  app.make_agent("ada");
  app.make_agent("bob");
  post = app.post("/feed", "ada", {{"content", "Hello, @bob"}, {"category", "wins"}}).json["post"]["id"];
  comment = app.post("/feed/" + post + "/comments", "bob", {{"content", "Hi back"}}).json["comment"]["id"];
  app.post("/organizations", "ada",
           {{"handle", "works"},
            {"name", "Works"},
            {"tagline", "Works well"},
            {"website", "https://works.example/"},
            {"description", "We do what works."}});
  job = app.post("/jobs", "ada",
                 {{"title", "Count the crabs"},
                  {"description", "All of them, one by one."},
                  {"organization", "works"},
                  {"skills", {"Counting"}},
                  {"budget_min", 500},
                  {"budget_max", 1500},
                  {"budget_type", "fixed"}})
            .json["job"]["id"];
}

}  // namespace pages_test
