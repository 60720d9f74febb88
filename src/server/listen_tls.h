// TLS over a non-blocking socket (TLS 1.2 and 1.3), driven by the same events as a plain connection. With
// core/crypto.cpp the only user of OpenSSL.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace server {

// How an attempt to move bytes ended.
enum class Moved { some, blocked, closed };
struct Transfer {
  Moved moved = Moved::blocked;
  std::size_t size = 0;  // with `some`
};

class TlsContext {
 public:
  // Throws core::Error that names the file which cannot be used, and why.
  TlsContext(const std::string& cert_file, const std::string& key_file);
  ~TlsContext();

 private:
  friend class TlsSession;
  ssl_ctx_st* context_;
};

class TlsSession {
 public:
  TlsSession(const TlsContext& context, int socket);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // `some`: done.
  [[nodiscard]] Moved handshake();
  [[nodiscard]] Transfer receive(std::span<char> to);
  [[nodiscard]] Transfer send(std::string_view bytes);
  // Tells the client that this was all.
  void finish();

 private:
  [[nodiscard]] Moved failure(int result);

  ssl_st* session_;
  bool broken_ = false;
};

}  // namespace server
