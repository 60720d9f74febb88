// Addresses of Unix sockets. For the control socket only.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <string>

namespace server {

// A descriptor that is closed with this.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept;
  [[nodiscard]] int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

// Where the control socket of a database is: beside the file itself, by whatever name it is called.
[[nodiscard]] std::string control_path(const std::string& database);

// The address of a socket at `path`, however long that is: sockaddr_un holds 107 bytes, so a longer path is named
// through a descriptor of its folder. Lives as long as the address is used.
class SocketAddress {
 public:
  // Throws core::Error if the file's own name is too long, or its folder cannot be opened.
  explicit SocketAddress(const std::string& path);
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  [[nodiscard]] socklen_t size() const { return sizeof address_; }

 private:
  Descriptor folder_;
  sockaddr_un address_{};
};

// Sends everything, or returns false.
bool send_all(int socket, const std::string& text);

}  // namespace server
