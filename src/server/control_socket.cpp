#include "server/control_socket.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/error.h"

namespace server {

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

std::string control_path(const std::string& database) {
  std::error_code error;
  const auto canonical = std::filesystem::weakly_canonical(database, error);
  return (error ? database : canonical.string()) + "-control";
}

SocketAddress::SocketAddress(const std::string& path) {
  std::string name = path;
  if (name.size() >= sizeof address_.sun_path) {
    const std::filesystem::path whole(path);
    folder_ = Descriptor(open(whole.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder_) throw core::unavailable("the folder of " + path + " cannot be opened: " + std::strerror(errno));
    name = "/proc/self/fd/" + std::to_string(folder_.number()) + '/' + whole.filename().string();
  }
  if (name.size() >= sizeof address_.sun_path) {
    throw core::unavailable("the name of " + path + " is too long for a socket; give the database a shorter one");
  }
  address_.sun_family = AF_UNIX;
  std::memcpy(address_.sun_path, name.c_str(), name.size() + 1);
}

bool send_all(int socket, const std::string& text) {
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t sent = send(socket, left.data(), left.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    left.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace server
