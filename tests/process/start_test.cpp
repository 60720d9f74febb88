// What keeps a server from starting: one clear line on standard error that names the thing, status 1, nothing changed.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "storage/store.h"
#include "support/catch.h"
#include "support/child_process.h"

using support::Contains;
using support::ChildProcess;
using support::Finished;
using support::read_file;
using support::run_clankdin;
using support::ServerProcess;
using support::TemporaryFolder;

namespace {

constexpr uid_t kNobody = 65'534;

void check_refused(const Finished& finished, const std::string& named) {
  INFO(finished.err);
  CHECK(finished.status == 1);
  CHECK_THAT(finished.err, Contains("clankdin serve: ") && Contains(named));
  CHECK(std::count(finished.err.begin(), finished.err.end(), '\n') == 1);
  CHECK(finished.out.empty());
}

Finished serve(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"serve", "--port", "0", "--log-level", "error"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_clankdin(arguments);
}

}  // namespace

TEST_CASE("serve: a port in use is refused, the database untouched", "[process]") {
  ServerProcess first({"--memory"});
  const TemporaryFolder folder;
  const std::string db = folder.file("second.db");
  const std::string port = std::to_string(first.port());
  check_refused(run_clankdin({"serve", "--port", port, "--db", db}), "127.0.0.1:" + port);
  CHECK_FALSE(std::filesystem::exists(db));
  CHECK(first.stop() == 0);
}

TEST_CASE("serve: a database that another server has is refused", "[process]") {
  const TemporaryFolder folder;
  const std::string db = folder.file("one.db");
  ServerProcess first({"--db", db});
  check_refused(serve({"--db", db}), db);
  CHECK(first.process().runs());
  CHECK(first.stop() == 0);

  ServerProcess again({"--db", db});  // it is free again
  CHECK(again.stop() == 0);
}

TEST_CASE("serve: a file that is no database of ours is refused and left as it is", "[process]") {
  const TemporaryFolder folder;
  const std::string db = folder.file("x.db");
  std::string named = db;

  SECTION("not a database") { std::ofstream(db) << std::string(10'000, 'x'); }
  SECTION("another program's") {
    storage::Database other({.path = db}, storage::Database::Mode::read_write);
    other.execute("PRAGMA application_id = 7; CREATE TABLE notes (text TEXT);");
  }
  SECTION("of a newer version") {
    ServerProcess server({"--db", db});
    REQUIRE(server.stop() == 0);
    storage::Database newer({.path = db}, storage::Database::Mode::read_write);
    newer.execute("PRAGMA user_version = " + std::to_string(storage::kSchemaVersion + 1));
  }
  SECTION("damaged") {
    {
      ServerProcess server({"--db", db});
      REQUIRE(server.stop() == 0);
    }
    std::fstream stream(db, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(100);
    stream << std::string(3000, '\xff');
  }
  SECTION("a folder") {
    std::filesystem::create_directory(db);
    check_refused(serve({"--db", db}), db);
    return;
  }

  const std::string before = read_file(db);
  check_refused(serve({"--db", db}), named);
  CHECK(read_file(db) == before);
}

TEST_CASE("serve: a folder that is missing or cannot be written to is named", "[process]") {
  const TemporaryFolder folder;
  SECTION("missing") { check_refused(serve({"--db", folder.file("none/x.db")}), folder.file("none")); }
  SECTION("read-only") {
    if (::geteuid() != 0) ::chmod(folder.path().c_str(), 0500);
    // Root may write anywhere; the child is somebody else then, who may enter the folder.
    if (::geteuid() == 0) ::chmod(folder.path().c_str(), 0755);
    ChildProcess process(
        {.arguments = {"serve", "--port", "0", "--db", folder.file("x.db")}, .user = ::geteuid() == 0 ? kNobody : 0});
    const auto status = process.wait();
    if (status == 126 || status == 127) {
      WARN("the executable cannot be run as another user here");
      return;
    }
    check_refused({status.value(), process.out(), process.err()}, folder.file("x.db"));
  }
  SECTION("of the ready file") {
    const std::string ready = folder.file("none/ready.json");
    check_refused(serve({"--memory", "--ready-file", ready}), ready);
  }
}

TEST_CASE("serve: certificates that cannot be read are named", "[process]") {
  const TemporaryFolder folder;
  const std::string cert = folder.file("cert.pem");
  check_refused(serve({"--memory", "--tls-cert", cert, "--tls-key", cert}), cert);
  std::ofstream(cert) << "no certificate";
  check_refused(serve({"--memory", "--tls-cert", cert, "--tls-key", cert}), cert);
}

TEST_CASE("serve: an address that is not ours is named", "[process]") {
  check_refused(serve({"--memory", "--host", "192.0.2.1"}), "192.0.2.1");
  check_refused(serve({"--memory", "--host", "nowhere.invalid"}), "nowhere.invalid");
}
