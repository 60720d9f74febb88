// One of everything, so that each route of the table can be called for real.
#pragma once

#include <string>
#include <string_view>

#include "support/test_app.h"

// ada owns a post, a comment, an organization, a webhook and a job; bob a job that nobody applied to.
struct World {
  World();

  // The pattern with the parameters of things that are there.
  [[nodiscard]] std::string target(std::string_view pattern) const;

  TestApp app;
  std::string post, comment, job, bobs_job, application, connection, notification, webhook;
};
