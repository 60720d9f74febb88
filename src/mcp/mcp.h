// POST /mcp: a stateless server of the Model Context Protocol over streamable HTTP.
//
// One handler for both eras: revision 2026-07-28 (each request carries its version; server/discover, no handshake) and
// 2025-03-26 to 2025-11-25 (initialize). Nothing is remembered between requests in either.
#pragma once

#include <memory>

#include "http/route.h"

namespace http {
class Router;
}
namespace openapi {
class Document;
}

namespace mcp {

class Server {
 public:
  Server();
  ~Server();

  // Bound to this server, which must outlive them.
  [[nodiscard]] http::Routes routes();
  // Before the first request; both must outlive it. Tools call the router's own routes; their input schemas come from
  // the document.
  void connect(http::Router& router, const openapi::Document& document);

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace mcp
