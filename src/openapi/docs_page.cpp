#include "openapi/docs_page.h"

#include <algorithm>

#include "html/escape.h"
#include "html/layout.h"

namespace openapi {

using html::escape;

namespace {

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Escaped, with `code` between backticks.
std::string prose(std::string_view text) {
  std::string out;
  bool in_code = false;
  for (std::size_t at = 0; at <= text.size();) {
    const auto tick = std::min(text.find('`', at), text.size());
    out += escape(text.substr(at, tick - at));
    if (tick < text.size()) out += in_code ? "</code>" : "<code>";
    if (tick < text.size()) in_code = !in_code;
    at = tick + 1;
  }
  return in_code ? out + "</code>" : out;
}

std::string upper(std::string_view method) {
  std::string out(method);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::string last_word(std::string_view reference) { return std::string(reference.substr(reference.rfind('/') + 1)); }

std::string link_to_schema(std::string_view reference) {
  const auto name = escape(last_word(reference));
  return "<a href=\"#schema-" + name + "\">" + name + "</a>";
}

// What values a schema takes, as a phrase with links.
std::string type_of(const Json& schema) {
  if (schema.contains("$ref")) return link_to_schema(text_of(schema, "$ref"));
  if (schema.contains("oneOf")) {
    std::string types;
    for (const Json& one : schema["oneOf"]) types += (types.empty() ? "" : " or ") + type_of(one);
    return types;
  }
  if (schema.contains("const")) return "<code>" + escape(schema["const"].dump()) + "</code>";
  const auto type = schema.find("type");
  if (type == schema.end()) return "anything";
  std::string types;
  for (const Json& one : type->is_array() ? *type : Json::array({*type})) {
    if (!types.empty()) types += " or ";
    if (one == "array" && schema.contains("items")) {
      types += "list of " + type_of(schema["items"]);
    } else {
      types += escape(one.get<std::string>());
    }
  }
  if (schema.contains("format")) types += ", " + escape(text_of(schema, "format"));
  return types;
}

// "1 to 50 characters", "at most 20 items", …
std::string range_of(const Json& schema, const char* least, const char* most, std::string_view unit) {
  const bool has_least = schema.contains(least);
  const bool has_most = schema.contains(most);
  if (!has_least && !has_most) return {};
  std::string range;
  if (has_least && has_most) {
    range = schema[least].dump() + " to " + schema[most].dump();
  } else {
    range = (has_least ? "at least " : "at most ") + schema[has_least ? least : most].dump();
  }
  return range.append(unit);
}

std::string limits_of(const Json& schema) {
  std::string limits;
  const auto add = [&limits](std::string part) {
    if (part.empty()) return;
    if (!limits.empty()) limits += "; ";
    limits += part;
  };
  add(range_of(schema, "minLength", "maxLength", " characters"));
  add(range_of(schema, "minItems", "maxItems", " items"));
  add(range_of(schema, "minimum", "maximum", ""));
  if (schema.contains("enum")) {
    std::string values;
    for (const Json& value : schema["enum"]) {
      if (!value.is_null())
        values += (values.empty() ? "<code>" : ", <code>") + escape(value.get<std::string>()) + "</code>";
    }
    add("one of " + values);
  }
  if (schema.contains("default")) add("default <code>" + escape(schema["default"].dump()) + "</code>");
  return limits;
}

void add_row(std::string& out, std::string_view name, bool required, const Json& schema, std::string_view description) {
  out.append("<tr><th scope=\"row\"><code>").append(escape(name)).append("</code>");
  if (required) out += " <span class=\"required\">required</span>";
  out.append("</th><td>").append(type_of(schema)).append("</td><td>").append(prose(description));
  const auto limits = limits_of(schema);
  if (!limits.empty()) out.append(description.empty() ? "" : ". ").append(limits);
  out += "</td></tr>\n";
}

void begin_table(std::string& out, std::string_view caption) {
  out.append("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"")
      .append(escape(caption))
      .append("\">\n<table><caption>")
      .append(escape(caption))
      .append(
          "</caption>\n<thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Type</th><th scope=\"col\">Meaning</th>"
          "</tr></thead>\n<tbody>\n");
}

void end_table(std::string& out) { out += "</tbody></table></div>\n"; }

bool is_required(const Json& schema, const std::string& name) {
  const auto required = schema.find("required");
  return required != schema.end() && std::find(required->begin(), required->end(), name) != required->end();
}

void add_fields(std::string& out, const Json& schema, std::string_view caption) {
  const auto properties = schema.find("properties");
  if (properties == schema.end()) return;
  begin_table(out, caption);
  for (const auto& [name, property] : properties->items()) {
    add_row(out, name, is_required(schema, name), property, text_of(property, "description"));
  }
  end_table(out);
}

void add_examples(std::string& out, const Json& schema) {
  const auto examples = schema.find("examples");
  if (examples == schema.end() || examples->empty() || !examples->front().is_structured()) return;
  out.append("<pre tabindex=\"0\"><code>").append(escape(examples->front().dump(2))).append("</code></pre>\n");
}

const Json& resolve(const Json& document, const Json& schema) {
  const auto reference = schema.find("$ref");
  if (reference == schema.end()) return schema;
  return document.at(Json::json_pointer(reference->get<std::string>().substr(1)));
}

void add_parameters(std::string& out, const Json& document, const Json& operation) {
  const auto parameters = operation.find("parameters");
  if (parameters == operation.end()) return;
  begin_table(out, "Parameters");
  for (const Json& one : *parameters) {
    const Json& parameter = resolve(document, one);
    const auto where = text_of(parameter, "in");
    const auto description = text_of(parameter, "description");
    add_row(out, text_of(parameter, "name"), parameter.value("required", false), parameter["schema"],
            "In the " + where + (description.empty() ? "" : ": " + description));
  }
  end_table(out);
}

void add_responses(std::string& out, const Json& document, const Json& operation) {
  out += "<dl>\n";
  std::string errors;
  for (const auto& [status, one] : operation["responses"].items()) {
    if (status >= "300") {
      errors += (errors.empty() ? "" : ", ") + status;
      continue;
    }
    const Json& response = resolve(document, one);
    out.append("<dt>").append(status).append("</dt><dd>").append(escape(text_of(response, "description")));
    const auto content = response.find("content");
    if (content != response.end()) {
      for (const auto& [type, body] : content->items()) {
        out.append(", <code>").append(escape(type)).append("</code>");
        if (body["schema"].contains("$ref")) out.append(": ").append(type_of(body["schema"]));
      }
    }
    out += "</dd>\n";
  }
  out.append("<dt>Also</dt><dd>")
      .append(errors)
      .append(" (")
      .append(document["components"]["schemas"].contains("Problem") ? link_to_schema("/Problem") : "problems")
      .append(")</dd>\n</dl>\n");
}

void add_operation(std::string& out, const Json& document, const std::string& method, const std::string& path,
                   const Json& operation) {
  const auto id = escape(text_of(operation, "operationId"));
  out.append("<section class=\"operation\" aria-labelledby=\"")
      .append(id)
      .append("\">\n<h3 id=\"")
      .append(id)
      .append("\"><a href=\"#")
      .append(id)
      .append("\"><span class=\"method ")
      .append(method)
      .append("\">")
      .append(upper(method))
      .append("</span> <code>")
      .append(escape(path))
      .append("</code></a></h3>\n");
  out.append("<p>")
      .append(prose(text_of(operation, "summary")))
      .append(". <span class=\"key\">")
      .append(escape(text_of(operation, "description")))
      .append("</span></p>\n");
  add_parameters(out, document, operation);
  if (operation.contains("requestBody")) {
    const Json& reference = operation["requestBody"]["content"]["application/json"]["schema"];
    const Json& schema = resolve(document, reference);
    out.append("<p>Body: ").append(type_of(reference)).append("</p>\n");
    add_fields(out, schema, "Fields of the body");
    add_examples(out, schema);
  }
  add_responses(out, document, operation);
  out += "</section>\n";
}

void add_tag(std::string& out, const Json& document, const Json& tag) {
  const auto name = text_of(tag, "name");
  out.append("<h2 id=\"tag-")
      .append(last_word(escape(name)))
      .append("\">")
      .append(escape(name))
      .append("</h2>\n<p>")
      .append(prose(text_of(tag, "description")))
      .append(".</p>\n");
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      if (operation["tags"].front() == name) add_operation(out, document, method, path, operation);
    }
  }
}

// What is sent to webhooks. The headers are the same for each event, but for the name that they tell.
void add_deliveries(std::string& out, const Json& document) {
  out +=
      "<h2 id=\"deliveries\">Deliveries</h2>\n<p>What is sent to the URL of a webhook: a POST with these headers and "
      "one of the bodies below. Any 2xx within 10 seconds means that it was received.</p>\n";
  const Json& deliveries = document["webhooks"];
  add_parameters(out, document, deliveries.front()["post"]);
  for (const auto& [event, item] : deliveries.items()) {
    const Json& content = item["post"]["requestBody"]["content"]["application/json"];
    const auto id = escape(text_of(item["post"], "operationId"));
    out.append("<section class=\"operation\" aria-labelledby=\"").append(id).append("\">\n<h3 id=\"").append(id);
    out.append("\"><a href=\"#").append(id).append("\"><code>").append(escape(event)).append("</code></a></h3>\n<p>");
    out.append(prose(text_of(item["post"], "summary"))).append(".</p>\n");
    add_fields(out, content["schema"]["properties"]["data"], "Fields of data");
    out.append("<pre tabindex=\"0\"><code>").append(escape(content["example"].dump(2))).append("</code></pre>\n");
    out += "</section>\n";
  }
}

}  // namespace

std::string docs_page(const Json& document) {
  std::string out;
  out.reserve(512 * 1024);
  out += "<header class=\"head\">\n<h1>The API</h1>\n</header>\n<div class=\"docs\">\n";
  out.append("<p>").append(prose(text_of(document["info"], "description"))).append("</p>\n");
  out += "<p>Version " + escape(text_of(document["info"], "version")) +
         " · base URL <code>@BASE_URL@</code> · <a href=\"/openapi.json\">openapi.json</a> · "
         "<a href=\"/skill.md\">skill.md</a></p>\n<nav "
         "aria-label=\"Subjects\">\n<ul>\n";
  for (const Json& tag : document["tags"]) {
    const auto name = escape(text_of(tag, "name"));
    out += "<li><a href=\"#tag-" + last_word(name) + "\">" + name + "</a></li>\n";
  }
  out +=
      "<li><a href=\"#deliveries\">Deliveries</a></li>\n<li><a href=\"#schemas\">Schemas</a></li>\n</ul>\n</nav>\n";
  for (const Json& tag : document["tags"]) add_tag(out, document, tag);
  add_deliveries(out, document);
  out += "<h2 id=\"schemas\">Schemas</h2>\n";
  for (const auto& [name, schema] : document["components"]["schemas"].items()) {
    out.append("<section class=\"schema\" aria-labelledby=\"schema-")
        .append(name)
        .append("\">\n<h3 id=\"schema-")
        .append(name)
        .append("\">")
        .append(name)
        .append("</h3>\n");
    if (const auto description = text_of(schema, "description"); !description.empty()) {
      out.append("<p>").append(prose(description)).append(".</p>\n");
    }
    if (!schema.contains("properties")) {
      const auto limits = limits_of(schema);
      out.append("<p>").append(type_of(schema)).append(limits.empty() ? "" : "; ").append(limits).append("</p>\n");
    }
    add_fields(out, schema, "Fields");
    add_examples(out, schema);
    out += "</section>\n";
  }
  out += "</div>\n";
  return html::document({.title = "The API",
                         .section = "docs",
                         .description = "Every route of this server, with what it takes and what it answers.",
                         .body = std::move(out),
                         .style = "/docs/style.css"});
}

}  // namespace openapi
