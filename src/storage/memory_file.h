// One file in memory and its locks: what the operating system does for files on disk. For the memory VFS only.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace storage {

// The bytes. Blocks of doubling size that never move: a read needs no lock and may point into them. SQLite's own
// protocol keeps a writer away from bytes that are being read.
class MemoryBytes {
 public:
  MemoryBytes() = default;
  ~MemoryBytes();
  MemoryBytes(const MemoryBytes&) = delete;
  MemoryBytes& operator=(const MemoryBytes&) = delete;

  [[nodiscard]] std::uint64_t size() const { return size_.load(std::memory_order_acquire); }
  // How many bytes there were to read.
  std::size_t read(char* out, std::size_t count, std::uint64_t offset) const;
  // False if there is no memory.
  [[nodiscard]] bool write(const char* data, std::size_t count, std::uint64_t offset);
  void truncate(std::uint64_t size);
  // The bytes themselves; null unless they are all there and side by side.
  [[nodiscard]] char* fetch(std::size_t count, std::uint64_t offset) const;

 private:
  static constexpr std::size_t kFirstBlock = std::size_t{1} << 18;
  static constexpr std::size_t kBlocks = 24;  // up to 2 TiB

  // Where `offset` lies: block, place in it, and how many bytes follow in it.
  struct Place {
    std::size_t block;
    std::size_t at;
    std::size_t left;
  };
  [[nodiscard]] static Place place(std::uint64_t offset);
  [[nodiscard]] static std::size_t block_size(std::size_t block);

  std::array<std::atomic<char*>, kBlocks> blocks_{};
  std::atomic<std::uint64_t> size_{0};
};

// SQLite's five file locks (https://www.sqlite.org/lockingv3.html). `held` is what the caller holds and gets changed.
class FileLocks {
 public:
  [[nodiscard]] bool lock(int& held, int wanted);
  void unlock(int& held, int wanted);
  [[nodiscard]] bool is_reserved();

 private:
  std::mutex mutex_;
  int shared_ = 0;
  bool reserved_ = false;
  bool pending_ = false;
  bool exclusive_ = false;
};

// The WAL's index: memory that its users share, and eight locks.
class SharedIndex {
 public:
  // What one user holds, a bit per lock.
  struct Held {
    unsigned shared = 0;
    unsigned exclusive = 0;
    bool joined = false;
  };

  // Null if there is no such region yet and it is not to be made, or no memory.
  [[nodiscard]] void* region(Held& held, std::size_t number, std::size_t size, bool make, bool& no_memory);
  [[nodiscard]] bool lock(Held& held, int first, int count, bool exclusive);
  void unlock(Held& held, int first, int count);
  // What one thread wrote before its barrier, another sees after its own.
  void barrier() { barrier_.fetch_add(1, std::memory_order_acq_rel); }
  // The last to leave takes the regions along.
  void leave(Held& held);

 private:
  static constexpr int kLocks = 8;
  std::mutex mutex_;
  std::vector<std::unique_ptr<char[]>> regions_;
  std::array<int, kLocks> holders_{};  // -1: exclusive
  int users_ = 0;
  std::atomic<unsigned> barrier_{0};
};

struct MemoryFile {
  MemoryBytes bytes;
  FileLocks locks;
  SharedIndex index;
};

}  // namespace storage
