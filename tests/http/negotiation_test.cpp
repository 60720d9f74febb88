#include "http/negotiation.h"

#include "support/catch.h"

using http::Form;
using http::preferred_form;

TEST_CASE("What a client prefers", "[http][negotiation]") {
  CHECK(preferred_form("") == Form::json);
  CHECK(preferred_form("*/*") == Form::json);
  CHECK(preferred_form("application/json") == Form::json);
  CHECK(preferred_form("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8") == Form::html);
  CHECK(preferred_form("text/html;q=0.5, application/json") == Form::json);
  CHECK(preferred_form("TEXT/HTML") == Form::html);
  CHECK(preferred_form("text/html;q=0") == Form::json);
  CHECK(preferred_form("text/markdown") == Form::markdown);
  CHECK(preferred_form("text/markdown, text/html;q=0.9") == Form::markdown);
  CHECK(preferred_form("text/markdown;q=0.5, text/html") == Form::html);
  CHECK(preferred_form("image/png, nonsense;;;q=x, \"") == Form::json);
}

TEST_CASE("Which content types a JSON body may come with", "[http][negotiation]") {
  CHECK(http::is_acceptable_content_type("application/json"));
  CHECK(http::is_acceptable_content_type("text/plain;charset=\"UTF-8\""));
  CHECK(http::is_acceptable_content_type(""));
  CHECK_FALSE(http::is_acceptable_content_type("multipart/form-data; boundary=x"));
  CHECK_FALSE(http::is_acceptable_content_type("Multipart/Form-Data"));
  CHECK_FALSE(http::is_acceptable_content_type("application/json; charset=latin1"));
}
