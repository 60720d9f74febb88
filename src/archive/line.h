// One line of an archive's file: the fields of its object, and what they refer to. For archive/ only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "archive/archive.h"
#include "core/ids.h"
#include "http/body.h"

namespace archive {

// What the lines of one import have in common.
struct Context {
  storage::Database& db;
  core::Random& random;
  const ImportOptions& options;
  // Ids that are not UUIDs, as "posts p17", and those that stand for them here.
  std::unordered_map<std::string, core::Uuid> named = {};
  // What lines with faults would have brought, as "agents ada": what refers to it is no further fault.
  std::unordered_set<std::string> missed = {};
};

// Thrown where a line refers to what a faulty line would have brought.
struct Missed {};

class Line {
 public:
  Line(Context& context, std::string_view kind, std::shared_ptr<const http::JsonDocument> document);

  http::Body body;
  [[nodiscard]] storage::Database& db() const { return context_.db; }
  [[nodiscard]] core::Time now() const { return context_.options.now; }

  // All functions leave what is wrong in `body`, and give something without meaning then: its check() comes before use.
  // RFC 3339, of the line itself or of an object in it.
  [[nodiscard]] std::optional<core::Time> maybe_time(std::string_view field) { return time_in(body, field); }
  [[nodiscard]] std::optional<core::Time> time_in(http::Body& object, std::string_view field) const;
  // Nothing where it is empty.
  [[nodiscard]] std::optional<std::string> text(std::string_view field, const http::TextRule& rule);
  [[nodiscard]] core::Time created_at();

  // The line's own id: what `id` says, or a new one. An id that is no UUID gets one that is made of it, the same at
  // every import, under which other lines find it.
  [[nodiscard]] core::Uuid id(core::Time created_at);
  // The id of a thing of another kind, which need not exist; a fault where the field is missing.
  [[nodiscard]] core::Uuid reference(std::string_view field, std::string_view kind);
  [[nodiscard]] std::optional<core::Uuid> maybe_reference(std::string_view field, std::string_view kind);
  // Row ids of what exists. In a nullable one nobody (null) is somebody who was deleted; the field must be there.
  [[nodiscard]] std::int64_t agent(std::string_view field);
  [[nodiscard]] std::optional<std::int64_t> maybe_agent(std::string_view field);
  [[nodiscard]] std::optional<std::int64_t> nullable_agent(std::string_view field);
  [[nodiscard]] std::int64_t organization(std::string_view field);
  [[nodiscard]] std::optional<std::int64_t> maybe_organization(std::string_view field);
  [[nodiscard]] std::int64_t post(std::string_view field);
  [[nodiscard]] std::int64_t job(std::string_view field);

  // The line is faulty: remembers what it would have brought.
  void miss();

 private:
  using Find = std::optional<std::int64_t> (*)(storage::Database& db, const core::Uuid& id);
  [[nodiscard]] std::optional<std::string> handle(std::string_view field);
  [[nodiscard]] std::int64_t row(std::string_view field, std::string_view kind, Find find);
  void require_known(std::string_view kind, const std::string& name);

  Context& context_;
  std::string_view kind_;
};

}  // namespace archive
