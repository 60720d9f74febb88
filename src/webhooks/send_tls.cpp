#include "webhooks/send_tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

#include "core/ip.h"

namespace webhooks {
namespace {

using Kind = SendFault::Kind;
using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

// Where other systems keep what Debian, whose OpenSSL may be linked in, keeps in /usr/lib/ssl.
constexpr std::array<const char*, 4> kAuthorities = {"/etc/ssl/certs/ca-certificates.crt",
                                                     "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
                                                     "/etc/ssl/cert.pem"};

// Made at the first use of https and shared by all: reading the authorities takes milliseconds.
SSL_CTX* context() {
  static const Context shared = [] {
    Context made(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!made) return made;
    SSL_CTX_set_min_proto_version(made.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_options(made.get(), SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_default_verify_paths(made.get());
    if (std::getenv("SSL_CERT_FILE") == nullptr && std::getenv("SSL_CERT_DIR") == nullptr) {
      const auto found = std::ranges::find_if(kAuthorities, [](const char* file) { return ::access(file, R_OK) == 0; });
      if (found != kAuthorities.end()) SSL_CTX_load_verify_locations(made.get(), *found, nullptr);
    }
    ERR_clear_error();
    return made;
  }();
  return shared.get();
}

std::string library_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* const reason = ERR_reason_error_string(code);
  return reason == nullptr ? "the other end does not speak it" : reason;
}

int clamp_size(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

struct TlsChannel::Session {
  SSL* ssl = nullptr;
  BIO* in = nullptr;   // what came from the socket; both belong to `ssl`
  BIO* out = nullptr;  // what is to go there

  Session() : ssl(context() == nullptr ? nullptr : SSL_new(context())) {
    in = BIO_new(BIO_s_mem());
    out = BIO_new(BIO_s_mem());
    if (ssl == nullptr || in == nullptr || out == nullptr) {
      BIO_free(in);
      BIO_free(out);
      SSL_free(ssl);
      throw SendFault{Kind::failed, "TLS could not be set up: " + library_reason() + "."};
    }
    BIO_ctrl(in, BIO_C_SET_BUF_MEM_EOF_RETURN, -1, nullptr);  // empty means that more comes
    SSL_set_bio(ssl, in, out);
    SSL_set_connect_state(ssl);
  }
  ~Session() { SSL_free(ssl); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
};

TlsChannel::TlsChannel(Socket& socket, const std::string& host, bool verify)
    : socket_(socket), session_(std::make_unique<Session>()) {
  SSL* const ssl = session_->ssl;
  if (!verify) SSL_set_verify(ssl, SSL_VERIFY_NONE, nullptr);
  std::string name = host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
  if (core::parse_ip(name)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
  } else {
    if (name.ends_with('.')) name.pop_back();
    SSL_set1_host(ssl, name.c_str());
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  }
  if (!drive([&] { return SSL_do_handshake(ssl); })) {
    throw SendFault{Kind::failed, "TLS failed: the receiver closed the connection during the handshake."};
  }
}

TlsChannel::~TlsChannel() = default;

template <class Step>
bool TlsChannel::drive(const Step& step) {
  SSL* const ssl = session_->ssl;
  while (true) {
    ERR_clear_error();
    const int result = step();
    const int state = result > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl, result);
    flush();
    switch (state) {
      case SSL_ERROR_NONE: return true;
      case SSL_ERROR_WANT_READ:
        if (!fill()) return false;
        break;
      case SSL_ERROR_WANT_WRITE: break;
      case SSL_ERROR_ZERO_RETURN: return false;
      default:
        if (const long verdict = SSL_get_verify_result(ssl); verdict != X509_V_OK) {
          throw SendFault{Kind::failed, std::string("TLS failed: the certificate is not accepted: ") +
                                            X509_verify_cert_error_string(verdict) + "."};
        }
        throw SendFault{Kind::failed, "TLS failed: " + library_reason() + "."};
    }
  }
}

void TlsChannel::flush() {
  std::array<char, 4096> part;
  for (int size = 0; (size = BIO_read(session_->out, part.data(), part.size())) > 0;) {
    socket_.send({part.data(), static_cast<std::size_t>(size)});
  }
}

bool TlsChannel::fill() {
  std::array<char, 4096> part;
  const std::size_t size = socket_.receive(part);
  if (size == 0) return false;
  BIO_write(session_->in, part.data(), static_cast<int>(size));
  return true;
}

void TlsChannel::send(std::string_view bytes) {
  // One call takes all of it: the buffer behind it grows.
  if (!drive([&] { return SSL_write(session_->ssl, bytes.data(), clamp_size(bytes.size())); })) {
    throw SendFault{Kind::failed, "The receiver closed the connection before it had the whole request."};
  }
}

std::size_t TlsChannel::receive(std::span<char> to) {
  int got = 0;
  const bool some = drive([&] { return got = SSL_read(session_->ssl, to.data(), clamp_size(to.size())); });
  return some ? static_cast<std::size_t>(got) : 0;
}

}  // namespace webhooks
