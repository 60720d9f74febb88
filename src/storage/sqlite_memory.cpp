#include "storage/sqlite_memory.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <mutex>

#include "storage/sqlite_pages.h"

namespace storage {
namespace {

// FTS5 grows the list of a page's rows by eight at a time, SQLite's own buffers grow little faster: what is grown gets
// room for a quarter more.
int with_room(int size) {
  constexpr int kSmallest = 8;
  constexpr int kLargest = 1 << 20;
  if (size > kLargest) return (size + kSmallest - 1) & -kSmallest;
  const int step = std::max(kSmallest, static_cast<int>(std::bit_floor(static_cast<unsigned>(size)) / 4));
  return (size + step - 1) & -step;
}

// SQLite's own allocation functions, which the ones here are built on.
sqlite3_mem_methods& own_memory() {
  static sqlite3_mem_methods methods{};
  return methods;
}

// A statement that fires triggers keeps a copy of each page that it changes, in pieces of 1 KiB which it gives back at
// its end: dozens for a post, more than the allocator keeps at hand for a thread. So each thread keeps some itself.
class KeptPieces {
 public:
  ~KeptPieces() {
    while (count_ > 0) own_memory().xFree(pieces_[--count_]);
  }

  void* take(int size) { return size == kSize && count_ > 0 ? pieces_[--count_] : nullptr; }
  bool keep(void* piece) {
    if (piece == nullptr || count_ == kMost) return false;
    const int size = own_memory().xSize(piece);
    if (size < kSize || size >= kSize + kSlack) return false;
    pieces_[count_++] = piece;
    return true;
  }

 private:
  static constexpr int kSize = 1024;
  static constexpr int kSlack = 16;  // an allocator's rounding
  static constexpr std::size_t kMost = 128;
  std::array<void*, kMost> pieces_;
  std::size_t count_ = 0;
};
thread_local KeptPieces kept_pieces;

void* allocate(int size) {
  void* const kept = kept_pieces.take(size);
  return kept != nullptr ? kept : own_memory().xMalloc(size);
}

void give_back(void* block) {
  if (!kept_pieces.keep(block)) own_memory().xFree(block);
}

}  // namespace

void configure_sqlite() {
  static std::once_flag once;
  std::call_once(once, [] {
    configure_page_cache();
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);  // counting costs a global lock per allocation
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &own_memory()) != SQLITE_OK) return;
    sqlite3_mem_methods memory = own_memory();
    memory.xMalloc = allocate;
    memory.xFree = give_back;
    memory.xRoundup = with_room;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &memory);
  });
}

}  // namespace storage
