// A disk that loses its power: a VFS for SQLite under which writes are safe only once they are synced.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace support {

// Everything is kept in memory. From the moment the power goes every call fails. Then each write since its file's last
// sync has reached the disk or not, by chance and independently of the others, and some only in part (whole sectors of
// 512 bytes). All functions may be called from any thread.
class PowerLossDisk {
 public:
  explicit PowerLossDisk(std::uint64_t seed);
  ~PowerLossDisk();
  PowerLossDisk(const PowerLossDisk&) = delete;
  PowerLossDisk& operator=(const PowerLossDisk&) = delete;

  // The VFS's name for SQLite.
  [[nodiscard]] const std::string& vfs() const;
  // The power goes when `writes` more writes, truncations and syncs have been made.
  void cut_after(std::int64_t writes);
  [[nodiscard]] bool is_cut() const;
  // With every file closed: the power is back, and the files are what was left of them.
  void restore();
  // Writes that restore() has dropped or torn so far.
  [[nodiscard]] std::int64_t lost() const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace support
