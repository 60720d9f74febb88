// An archive on the disk.
#pragma once

#include <deque>
#include <stop_token>
#include <string>
#include <vector>

#include "archive/archive.h"
#include "storage/database.h"

namespace archive {

// The files of an import, read whole.
class Files {
 public:
  // Each path is a file named after its kind, or a folder whose such files are taken. Throws core::Error with the path:
  // if it cannot be read, if a file's name says no kind, if a folder has none.
  explicit Files(const std::vector<std::string>& paths);
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  [[nodiscard]] const std::vector<Source>& sources() const { return sources_; }
  [[nodiscard]] std::size_t bytes() const;

 private:
  void add_file(const std::string& path);
  void add_folder(const std::string& path);

  std::deque<std::string> texts_;
  std::vector<Source> sources_;  // views into texts_
};

struct ExportOptions {
  // keys.ndjson (digests of API keys) and webhooks.ndjson (with the secrets that sign), too.
  bool with_secrets = false;
  std::stop_token stop = {};
};

// Writes what the database holds, as it stands in the read transaction that this is called in, to the new folder
// `path` (mode 0700, its files 0600): under the name PATH.part until it is whole and synced. Throws core::Error if
// there is something at `path`, when it is asked to stop, or if it cannot be written; then nothing is left of it.
std::vector<Count> write_folder(storage::Database& db, const std::string& path, const ExportOptions& options);

}  // namespace archive
