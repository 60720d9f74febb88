#include <unistd.h>

#include "cli/entries.h"
#include "cli/process.h"
#include "cli/serve_options.h"
#include "core/json_writer.h"
#include "core/version.h"
#include "server/server.h"

namespace cli {
namespace {

constexpr std::int64_t kGraceMs = 10'000;

// The file that says where the server is, as long as it is there.
class ReadyFile {
 public:
  ReadyFile(std::string path, const server::Server& server) : path_(std::move(path)) {
    if (path_.empty()) return;
    core::JsonWriter json;
    json.begin_object();
    json.field("url", server.url()).field("port", server.port()).field("pid", static_cast<std::int64_t>(getpid()));
    json.end_object();
    replace_file(path_, json.take() + "\n");
  }
  ~ReadyFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  ReadyFile(const ReadyFile&) = delete;
  ReadyFile& operator=(const ReadyFile&) = delete;

 private:
  std::string path_;
};

class Serve : public Command {
 public:
  void describe(Options& options) override { describe_server(options, config_); }

  int run(const Program&) override {
    check_server(config_);
    core::set_log(config_.log);
    raise_file_limit();
    const StopSignals stop;
    server::Server server(config_);
    server.start();
    const ReadyFile ready(config_.ready_file, server);
    announce("clankdin " + std::string(core::kVersion) + " listening on " + server.address());
    stop.wait();
    server.stop(kGraceMs);
    return 0;
  }

 private:
  server::Config config_;
};

}  // namespace

std::unique_ptr<Command> make_serve() { return std::make_unique<Serve>(); }

}  // namespace cli
