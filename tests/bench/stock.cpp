#include <httplib.h>

#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

#include "bench/bench.h"

namespace bench {

void serve_stock(const Arguments& arguments) {
  std::ifstream file(arguments[2], std::ios::binary);
  const std::string body{std::istreambuf_iterator<char>(file), {}};
  const auto threads = static_cast<std::size_t>(std::stoul(arguments[1]));

  httplib::Server server;
  server.new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
  server.set_tcp_nodelay(true);  // without it, an answer waits for the client's delayed acknowledgement
  server.set_keep_alive_max_count(std::numeric_limits<int>::max());
  server.Get("/", [&body](const httplib::Request&, httplib::Response& response) {
    response.set_content(body, "application/json");
  });
  if (!server.listen("127.0.0.1", std::stoi(arguments[0]))) throw std::runtime_error("cannot listen");
}

}  // namespace bench
