#include "organizations/organization_fields.h"

#include "agents/agents.h"
#include "core/text.h"
#include "organizations/organizations.h"

namespace organizations {

namespace {

constexpr http::TextRule kName{.min = 2, .max = 100, .multiline = false};
constexpr http::TextRule kTagline{.min = 2, .max = 200, .multiline = false};
constexpr http::TextRule kDescription{.min = 0, .max = 2000};
constexpr http::TextRule kIndustry{.min = 1, .max = 50, .multiline = false};
constexpr http::TextRule kLocation{.min = 0, .max = 100, .multiline = false};
constexpr http::TextRule kHandle{.min = 2, .max = 30, .multiline = false};

}  // namespace

Fields read_fields(http::Body& body, bool complete) {
  Fields fields;
  if (complete) {
    fields.name = body.text("name", kName);
    fields.tagline = body.text("tagline", kTagline);
  } else {
    body.refuse_null({"name", "tagline"});
    fields.name = body.maybe_text("name", kName);
    fields.tagline = body.maybe_text("tagline", kTagline);
  }
  fields.description = body.cleared_by_null("description", body.maybe_text("description", kDescription));
  fields.industry = body.cleared_by_null("industry", body.maybe_text("industry", kIndustry));
  if (fields.industry) fields.industry = core::fold_case(*fields.industry);
  fields.size = body.choice("size", kSizes);
  if (!fields.size && (complete || body.is_null("size"))) fields.size = "small";
  fields.website = body.cleared_by_null("website", body.url("website"));
  fields.location = body.cleared_by_null("location", body.maybe_text("location", kLocation));
  return fields;
}

std::string read_handle(http::Body& body) {
  const auto handle = core::to_lower_ascii(body.text("handle", kHandle));
  if (handle.empty()) return handle;
  if (auto wrong = agents::handle_fault(handle)) body.fault("handle", *std::move(wrong));
  return handle;
}

std::int64_t insert(storage::Database& db, const core::Uuid& uuid, const std::string& handle, const Fields& fields,
                    core::Time now) {
  db.run(R"sql(
      INSERT INTO organizations (uuid, handle, name, tagline, description, industry, size, website, location,
        created_at, updated_at)
      VALUES (?1, ?2, ?3, ?4, nullif(?5, ''), nullif(?6, ''), ?7, nullif(?8, ''), nullif(?9, ''), ?10, ?10))sql",
         uuid, handle, fields.name, fields.tagline, fields.description, fields.industry, fields.size, fields.website,
         fields.location, now);
  return db.last_insert_id();
}

void update(storage::Database& db, std::int64_t id, const Fields& fields, core::Time now) {
  db.run(R"sql(
      UPDATE organizations
      SET name = coalesce(?2, name),
        tagline = coalesce(?3, tagline),
        description = nullif(coalesce(?4, description), ''),
        industry = nullif(coalesce(?5, industry), ''),
        size = coalesce(?6, size),
        website = nullif(coalesce(?7, website), ''),
        location = nullif(coalesce(?8, location), ''),
        updated_at = ?9
      WHERE id = ?1)sql",
         id, fields.name, fields.tagline, fields.description, fields.industry, fields.size, fields.website,
         fields.location, now);
}

}  // namespace organizations
