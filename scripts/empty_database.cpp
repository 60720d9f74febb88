// empty_database SCHEMA OUTPUT.cpp: runs at build time. Writes a C++ source with the parts of a database file in which
// SCHEMA was run, and nothing else. Most of such a file is zeros: only what is between them is kept.
#include <sqlite3.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "storage/functions.h"
#include "storage/store.h"

namespace {

constexpr std::size_t kZerosThatPart = 16;

void check(sqlite3* connection, int code) {
  if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(connection));
}

std::string read(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(std::string(path) + " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string database_with(const std::string& schema) {
  sqlite3* opened = nullptr;
  check(opened, sqlite3_open(":memory:", &opened));
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> connection(opened, sqlite3_close);
  storage::add_functions(opened);
  const std::string script = "PRAGMA application_id = " + std::to_string(storage::kApplicationId) + ";BEGIN;" + schema +
                             ";PRAGMA user_version = " + std::to_string(storage::kSchemaVersion) + ";COMMIT";
  check(opened, sqlite3_exec(opened, script.c_str(), nullptr, nullptr, nullptr));
  sqlite3_int64 size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> bytes(sqlite3_serialize(opened, "main", &size, 0),
                                                              sqlite3_free);
  if (!bytes) throw std::runtime_error("no memory");
  return {reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size)};
}

void write_source(std::ostream& out, std::string_view image) {
  std::string bytes;
  std::string parts;
  for (std::size_t begin = 0; begin < image.size();) {
    begin = image.find_first_not_of('\0', begin);
    if (begin == image.npos) break;
    const auto end = std::min(image.find(std::string(kZerosThatPart, '\0'), begin), image.size());
    parts += "{" + std::to_string(begin) + ", " + std::to_string(end - begin) + "},\n";
    for (const char byte : image.substr(begin, end - begin)) {
      bytes += std::to_string(static_cast<int>(static_cast<unsigned char>(byte))) + ",";
    }
    bytes += "\n";
    begin = end;
  }
  out << "// Made from schema.sql by scripts/empty_database.cpp.\n"
         "#include \"storage/empty_database.h\"\n\n"
         "namespace storage {\nnamespace {\n\n"
         "struct Part {\n  std::size_t begin;\n  std::size_t size;\n};\n\n"
         "constexpr Part kParts[] = {\n"
      << parts << "};\n\nconstexpr unsigned char kBytes[] = {\n"
      << bytes << "};\n\n}  // namespace\n\n"
      << "std::size_t empty_database_size() { return " << image.size()
      << "; }\n\n"
         "void for_each_part_of_empty_database(const std::function<void(std::size_t, std::string_view)>& visit) {\n"
         "  const char* from = reinterpret_cast<const char*>(kBytes);\n"
         "  for (const Part& part : kParts) {\n"
         "    visit(part.begin, {from, part.size});\n"
         "    from += part.size;\n"
         "  }\n"
         "}\n\n}  // namespace storage\n";
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) throw std::runtime_error("usage: empty_database SCHEMA OUTPUT");
  std::ofstream out(argv[2], std::ios::binary);
  write_source(out, database_with(read(argv[1])));
  if (!out.flush()) throw std::runtime_error(std::string(argv[2]) + " cannot be written");
} catch (const std::exception& error) {
  std::cerr << "empty_database: " << error.what() << '\n';
  return 1;
}
