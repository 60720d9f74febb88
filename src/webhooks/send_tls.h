// TLS as a client. For send*.cpp only; with core/crypto.cpp and the listener
// the only user of OpenSSL.
#pragma once

#include <memory>
#include <string>

#include "webhooks/send_socket.h"

namespace webhooks {

// Over memory buffers, so that all input and output is the socket's own, deadline and all.
class TlsChannel : public Channel {
 public:
  // Shakes hands. With `verify` the certificate must be valid for `host` (IPv6 in brackets) and signed by an authority
  // that the system trusts (or one of SSL_CERT_FILE, SSL_CERT_DIR). `socket` must outlive this.
  TlsChannel(Socket& socket, const std::string& host, bool verify);
  ~TlsChannel() override;
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  void send(std::string_view bytes) override;
  std::size_t receive(std::span<char> to) override;

 private:
  struct Session;
  // Runs one of OpenSSL's steps until it is done, moving bytes between its buffers and the socket. False where the
  // connection ended in the midst of it.
  template <class Step>
  bool drive(const Step& step);
  void flush();
  bool fill();

  Socket& socket_;
  std::unique_ptr<Session> session_;
};

}  // namespace webhooks
