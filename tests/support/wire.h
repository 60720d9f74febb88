// A client that speaks bytes: what a test sends and receives is exactly what is on the wire.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace support {

class Wire {
 public:
  // Connects to 127.0.0.1 (or ::1); throws std::runtime_error if nobody listens. With `tls`, without looking at the
  // certificate. `receive_buffer`: how many bytes the kernel keeps for us, 0 for its own choice.
  explicit Wire(int port, bool tls = false, bool ipv6 = false, int receive_buffer = 0);
  ~Wire();
  Wire(Wire&& other) noexcept;
  Wire& operator=(Wire&&) = delete;

  // False once the other end has closed.
  bool send(std::string_view bytes);
  // "", at the end of the connection. Throws std::runtime_error after `wait_ms` without a byte.
  std::string receive(std::int64_t wait_ms = 5'000);
  // One whole answer with a Content-Length (or without a body, for `head_only`), or what came before the connection's
  // end; keeps what follows it.
  std::string answer(bool head_only = false);
  // Everything up to the connection's end.
  std::string rest();
  // Whether the connection ends within that time. A reset counts.
  bool ends(std::int64_t wait_ms = 5'000);
  // Sends no more.
  void finish();

 private:
  int socket_ = -1;
  ssl_ctx_st* context_ = nullptr;
  ssl_st* session_ = nullptr;
  std::string kept_;
};

// GET of a target, with more header lines ("A: b\r\n").
std::string get(std::string_view target, std::string_view headers = {});

}  // namespace support
