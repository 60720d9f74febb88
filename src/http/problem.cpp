#include "http/problem.h"

#include "core/json_writer.h"
#include "core/log.h"
#include "storage/database.h"

namespace http {

int status_of(core::ErrorCode code) {
  switch (code) {
    case core::ErrorCode::bad_request:
      return 400;
    case core::ErrorCode::unauthorized:
      return 401;
    case core::ErrorCode::forbidden:
      return 403;
    case core::ErrorCode::not_found:
      return 404;
    case core::ErrorCode::conflict:
      return 409;
    case core::ErrorCode::too_large:
      return 413;
    case core::ErrorCode::unsupported_media:
      return 415;
    case core::ErrorCode::unprocessable:
      return 422;
    case core::ErrorCode::rate_limited:
      return 429;
    case core::ErrorCode::unavailable:
      return 503;
  }
  return 500;
}

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return status < 500 ? "Client Error" : "Server Error";
  }
}

Reply problem(int status, std::string_view detail, std::string_view request_id,
              const std::vector<core::FieldFault>& faults) {
  core::JsonWriter json(256 + detail.size());
  json.begin_object()
      .field("type", "about:blank")
      .field("title", title_of(status))
      .field("status", status)
      .field("detail", detail)
      .field("request_id", request_id);
  if (!faults.empty()) {
    json.key("errors").begin_array();
    for (const auto& fault : faults) {
      json.begin_object().field("field", fault.field).field("detail", fault.detail).end_object();
    }
    json.end_array();
  }
  json.end_object();
  Reply reply{.status = status, .content_type = kProblem, .body = json.take(), .detail = std::string(detail)};
  if (status == 401) reply.header("WWW-Authenticate", "Bearer");
  return reply;
}

namespace {

Reply retry_later(std::string_view detail, int after_s, const Request& request) {
  return problem(503, detail, request.id).header("Retry-After", std::to_string(after_s));
}

Reply internal(std::string_view cause, const Request& request) {
  core::log(core::LogLevel::error, "a request failed through our own fault",
            {{"request_id", request.id}, {"method", request.method_name}, {"path", request.path}, {"cause", cause}});
  return problem(
      500, "The server failed at this request, and nothing was changed. It has logged the cause under the request_id.",
      request.id);
}

}  // namespace

Reply problem_from(std::exception_ptr failure, const Request& request) {
  try {
    std::rethrow_exception(failure);
  } catch (const core::Error& error) {
    Reply reply = problem(status_of(error.code()), error.detail(), request.id, error.faults());
    if (error.retry_after_s) reply.header("Retry-After", std::to_string(*error.retry_after_s));
    return reply;
  } catch (const storage::Failure& error) {
    switch (error.kind()) {
      case storage::FailureKind::full:
        core::log(core::LogLevel::error, "no room for the database",
                  {{"request_id", request.id}, {"cause", error.what()}});
        return retry_later(
            "The server's disk is full, so nothing was changed. Try again when its operator has made room.", 30,
            request);
      case storage::FailureKind::busy:
        return retry_later("Another program holds the database, so nothing was changed. Try again in a moment.", 1,
                           request);
      case storage::FailureKind::read_only:
        return retry_later("The database cannot be written at present, so nothing was changed. Try again later.", 30,
                           request);
      default:
        return internal(error.what(), request);
    }
  } catch (const std::exception& error) {
    return internal(error.what(), request);
  } catch (...) {
    return internal("an unknown exception", request);
  }
}

}  // namespace http
