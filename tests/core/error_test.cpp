#include "core/error.h"

#include "support/catch.h"

TEST_CASE("errors carry their code and sentence", "[core][error]") {
  CHECK(core::bad_request("a").code() == core::ErrorCode::bad_request);
  CHECK(core::forbidden("a").code() == core::ErrorCode::forbidden);
  CHECK(core::not_found("a").code() == core::ErrorCode::not_found);
  CHECK(core::conflict("a").code() == core::ErrorCode::conflict);
  CHECK(std::string(core::not_found("There is no such post.").what()) == "There is no such post.");
  CHECK(core::not_found("a").faults().empty());
  CHECK_FALSE(core::not_found("a").retry_after_s);
  CHECK(core::unavailable("a").code() == core::ErrorCode::unavailable);
  CHECK(core::unavailable("a", 7).retry_after_s == 7);
}

TEST_CASE("bad fields are all named", "[core][error]") {
  const core::Error one = core::bad_field("title", "title is required.");
  CHECK(one.code() == core::ErrorCode::bad_request);
  CHECK(one.detail() == "title is required.");
  REQUIRE(one.faults().size() == 1);
  CHECK(one.faults()[0].field == "title");
  CHECK(one.faults()[0].detail == "title is required.");

  const core::Error two = core::bad_fields({{"a", "a is wrong."}, {"b", "b is wrong."}});
  CHECK(two.detail() == "a is wrong. b is wrong.");
  CHECK(two.faults().size() == 2);

  const core::Error seven = core::bad_fields(std::vector<core::FieldFault>(7, {"a", "A."}));
  CHECK(seven.detail() == "A. A. A. A. A. (2 more in errors.)");
  CHECK(seven.faults().size() == 7);
}
