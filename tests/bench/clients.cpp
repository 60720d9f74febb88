#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <thread>

#include "bench/bench.h"

namespace bench {

namespace {

using std::chrono::steady_clock;

std::system_error failure(const char* what) { return {errno, std::generic_category(), what}; }

// A connected socket, or -1 if nobody listens there.
int connect_to(const std::string& port) {
  const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0) throw failure("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket_fd;
  close(socket_fd);
  return -1;
}

// Sends a request and reads the beginning of its answer, which holds all of a small one. False if it is not a 200.
bool ask(int socket_fd, const std::string& path) {
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  std::array<char, 4096> answer;
  if (send(socket_fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) return false;
  const ssize_t length = recv(socket_fd, answer.data(), answer.size(), 0);
  return length > 0 &&
         std::string_view(answer.data(), static_cast<std::size_t>(length)).starts_with("HTTP/1.1 200");
}

}  // namespace

void time_start(const Arguments& arguments) {
  constexpr auto kPatience = std::chrono::seconds(20);
  constexpr auto kPause = std::chrono::microseconds(100);
  std::vector<char*> words;
  for (std::size_t index = 2; index < arguments.size(); ++index) {
    words.push_back(const_cast<char*>(arguments[index].c_str()));
  }
  words.push_back(nullptr);
  // A group of its own, so that what it starts ends with it.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&files, stream, "/dev/null", O_WRONLY, 0);
  }

  const auto begin = steady_clock::now();
  pid_t process = 0;
  if (posix_spawnp(&process, words[0], &files, &attributes, words.data(), environ) != 0) throw failure(words[0]);
  bool answered = false;
  while (!answered && steady_clock::now() - begin < kPatience) {
    const int socket_fd = connect_to(arguments[0]);
    if (socket_fd >= 0) {
      answered = ask(socket_fd, arguments[1]);
      close(socket_fd);
    }
    if (!answered) std::this_thread::sleep_for(kPause);
  }
  const std::chrono::duration<double, std::milli> took = steady_clock::now() - begin;
  kill(-process, SIGTERM);
  waitpid(process, nullptr, 0);
  kill(-process, SIGKILL);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (!answered) throw std::runtime_error("the server did not come up");
  std::cout << took.count() << '\n';
}

void hold_connections(const Arguments& arguments) {
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);

  const int count = std::stoi(arguments[1]);
  for (int index = 0; index < count; ++index) {
    const int socket_fd = connect_to(arguments[0]);
    if (socket_fd < 0) throw std::runtime_error("connection " + std::to_string(index + 1) + " was refused");
    if (!ask(socket_fd, "/health")) throw std::runtime_error("GET /health was not answered with 200");
  }
  std::cout << "ready" << std::endl;
  std::cin.get();
}

}  // namespace bench
