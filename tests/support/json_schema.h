// The part of JSON Schema 2020-12 that our documents use, for tests that hold values against them.
#pragma once

#include <string>
#include <vector>

#include "support/test_app.h"

// What is wrong with `value`, as "path: what", empty if nothing is. `$ref`s are looked up in `document`. Stricter than
// the standard in one thing: a field that an object's schema doesn't name is a fault, unless it has
// additionalProperties. Throws for a keyword that it does not know.
[[nodiscard]] std::vector<std::string> schema_faults(const Json& document, const Json& schema, const Json& value,
                                                     const std::string& path = "$");
