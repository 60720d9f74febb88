#include "server/listen_tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <limits>

#include "core/error.h"

namespace server {
namespace {

std::string last_reason() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

// RFC 7301: we speak HTTP/1.1 to whoever offers it, and say nothing to the others.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr std::array<unsigned char, 9> kOurs = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* match = nullptr;
  if (SSL_select_next_proto(&match, chosen_size, kOurs.data(), kOurs.size(), offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

int clamp_size(std::size_t size) {
  return static_cast<int>(std::min(size, static_cast<std::size_t>(std::numeric_limits<int>::max())));
}

}  // namespace

TlsContext::TlsContext(const std::string& cert_file, const std::string& key_file)
    : context_(SSL_CTX_new(TLS_server_method())) {
  const std::unique_ptr<ssl_ctx_st, decltype(&SSL_CTX_free)> guard(context_, SSL_CTX_free);
  if (!guard) throw core::unavailable("TLS could not be set up: " + last_reason());
  SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
  SSL_CTX_set_options(context_, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                    SSL_OP_IGNORE_UNEXPECTED_EOF);
  // An idle session gives its 34 KB of buffers back; a retried write may come from another address.
  SSL_CTX_set_mode(context_,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(context_, choose_protocol, nullptr);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context_, cert_file.c_str()) != 1) {
    throw core::bad_request("The TLS certificate " + cert_file + " cannot be read (PEM is expected): " + last_reason());
  }
  if (SSL_CTX_use_PrivateKey_file(context_, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    throw core::bad_request("The TLS key " + key_file + " cannot be used with " + cert_file +
                            " (PEM without a pass phrase is expected): " + last_reason());
  }
  if (SSL_CTX_check_private_key(context_) != 1) {
    throw core::bad_request("The TLS key " + key_file + " does not belong to the certificate " + cert_file + ".");
  }
  SSL_CTX_up_ref(context_);
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

TlsSession::TlsSession(const TlsContext& context, int socket) : session_(SSL_new(context.context_)) {
  if (session_ == nullptr || SSL_set_fd(session_, socket) != 1) {
    SSL_free(session_);
    throw core::unavailable("TLS session: " + last_reason());
  }
  SSL_set_accept_state(session_);
}

TlsSession::~TlsSession() { SSL_free(session_); }

Moved TlsSession::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(session_);
  return result == 1 ? Moved::some : failure(result);
}

Transfer TlsSession::receive(std::span<char> to) {
  ERR_clear_error();
  const int result = SSL_read(session_, to.data(), clamp_size(to.size()));
  if (result > 0) return {Moved::some, static_cast<std::size_t>(result)};
  return {failure(result), 0};
}

Transfer TlsSession::send(std::string_view bytes) {
  ERR_clear_error();
  const int result = SSL_write(session_, bytes.data(), clamp_size(bytes.size()));
  if (result > 0) return {Moved::some, static_cast<std::size_t>(result)};
  return {failure(result), 0};
}

void TlsSession::finish() {
  if (broken_ || SSL_is_init_finished(session_) == 0) return;
  ERR_clear_error();
  SSL_shutdown(session_);
}

Moved TlsSession::failure(int result) {
  const int reason = SSL_get_error(session_, result);
  if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE) return Moved::blocked;
  broken_ = reason == SSL_ERROR_SSL || reason == SSL_ERROR_SYSCALL;
  return Moved::closed;
}

}  // namespace server
