#include "storage/empty_database.h"

#include <algorithm>

namespace storage {

std::string empty_database() {
  std::string image(empty_database_size(), '\0');
  for_each_part_of_empty_database([&image](std::size_t begin, std::string_view bytes) {
    std::copy(bytes.begin(), bytes.end(), image.begin() + static_cast<std::ptrdiff_t>(begin));
  });
  return image;
}

}  // namespace storage
