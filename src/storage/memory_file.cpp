#include "storage/memory_file.h"

#include <sqlite3.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace storage {

MemoryBytes::~MemoryBytes() {
  for (std::size_t block = 0; block < kBlocks; ++block) {
    if (char* data = blocks_[block].load(std::memory_order_relaxed)) munmap(data, block_size(block));
  }
}

// Block 0 holds the first kFirstBlock bytes, block n > 0 the kFirstBlock << (n - 1) bytes from that same number on.
std::size_t MemoryBytes::block_size(std::size_t block) { return block == 0 ? kFirstBlock : kFirstBlock << (block - 1); }

MemoryBytes::Place MemoryBytes::place(std::uint64_t offset) {
  const auto block = static_cast<std::size_t>(std::bit_width(offset / kFirstBlock));
  const std::uint64_t start = block == 0 ? 0 : block_size(block);
  const auto at = static_cast<std::size_t>(offset - start);
  return {block, at, block_size(block) - at};
}

std::size_t MemoryBytes::read(char* out, std::size_t count, std::uint64_t offset) const {
  const std::uint64_t end = size();
  if (offset >= end) return 0;
  count = static_cast<std::size_t>(std::min<std::uint64_t>(count, end - offset));
  for (std::size_t done = 0; done < count;) {
    const Place here = place(offset + done);
    const std::size_t part = std::min(count - done, here.left);
    // A block that was never written is a hole.
    if (const char* data = blocks_[here.block].load(std::memory_order_acquire)) {
      std::memcpy(out + done, data + here.at, part);
    } else {
      std::memset(out + done, 0, part);
    }
    done += part;
  }
  return count;
}

bool MemoryBytes::write(const char* data, std::size_t count, std::uint64_t offset) {
  for (std::size_t done = 0; done < count;) {
    const Place here = place(offset + done);
    if (here.block >= kBlocks) return false;
    char* block = blocks_[here.block].load(std::memory_order_acquire);
    if (block == nullptr) {
      // Pages of a mapping cost nothing before they are written to.
      void* fresh = mmap(nullptr, block_size(here.block), PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (fresh == MAP_FAILED) return false;
      block = static_cast<char*>(fresh);
      blocks_[here.block].store(block, std::memory_order_release);
    }
    const std::size_t part = std::min(count - done, here.left);
    std::memcpy(block + here.at, data + done, part);
    done += part;
  }
  if (offset + count > size_.load(std::memory_order_relaxed)) {
    size_.store(offset + count, std::memory_order_release);
  }
  return true;
}

void MemoryBytes::truncate(std::uint64_t size) {
  const std::uint64_t old = size_.exchange(size, std::memory_order_acq_rel);
  // What is written behind the new end later has zeros before it.
  for (std::uint64_t offset = size; offset < old;) {
    const Place here = place(offset);
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(here.left, old - offset));
    if (char* block = blocks_[here.block].load(std::memory_order_acquire)) std::memset(block + here.at, 0, part);
    offset += part;
  }
}

char* MemoryBytes::fetch(std::size_t count, std::uint64_t offset) const {
  if (offset + count > size()) return nullptr;
  const Place here = place(offset);
  char* block = blocks_[here.block].load(std::memory_order_acquire);
  return block == nullptr || here.left < count ? nullptr : block + here.at;
}

bool FileLocks::lock(int& held, int wanted) {
  if (wanted <= held) return true;
  const std::lock_guard guard(mutex_);
  if (wanted == SQLITE_LOCK_SHARED) {
    if (pending_ || exclusive_) return false;
    ++shared_;
    held = SQLITE_LOCK_SHARED;
    return true;
  }
  if (held < SQLITE_LOCK_RESERVED) {
    if (reserved_) return false;
    reserved_ = true;
    held = SQLITE_LOCK_RESERVED;
  }
  if (wanted == SQLITE_LOCK_RESERVED) return true;
  // From here on nobody new comes in, so that those who read now are the last to wait for.
  pending_ = true;
  held = SQLITE_LOCK_PENDING;
  if (wanted == SQLITE_LOCK_PENDING) return true;
  if (shared_ > 1) return false;
  exclusive_ = true;
  held = SQLITE_LOCK_EXCLUSIVE;
  return true;
}

void FileLocks::unlock(int& held, int wanted) {
  if (wanted >= held) return;
  const std::lock_guard guard(mutex_);
  if (held >= SQLITE_LOCK_RESERVED) reserved_ = pending_ = exclusive_ = false;
  if (wanted == SQLITE_LOCK_NONE) --shared_;
  held = wanted;
}

bool FileLocks::is_reserved() {
  const std::lock_guard guard(mutex_);
  return reserved_;
}

void* SharedIndex::region(Held& held, std::size_t number, std::size_t size, bool make, bool& no_memory) {
  const std::lock_guard guard(mutex_);
  no_memory = false;
  if (!held.joined) {
    held.joined = true;
    ++users_;
  }
  while (make && regions_.size() <= number) {
    std::unique_ptr<char[]> fresh(new (std::nothrow) char[size]());
    if (!fresh) {
      no_memory = true;
      return nullptr;
    }
    regions_.push_back(std::move(fresh));
  }
  return number < regions_.size() ? regions_[number].get() : nullptr;
}

bool SharedIndex::lock(Held& held, int first, int count, bool exclusive) {
  const std::lock_guard guard(mutex_);
  const unsigned bits = ((1U << count) - 1U) << first;
  if (exclusive) {
    if ((held.exclusive & bits) == bits) return true;
    for (int slot = first; slot < first + count; ++slot) {
      if (holders_[static_cast<std::size_t>(slot)] != 0) return false;
    }
    for (int slot = first; slot < first + count; ++slot) holders_[static_cast<std::size_t>(slot)] = -1;
    held.exclusive |= bits;
    return true;
  }
  if ((held.shared & bits) != 0) return true;
  int& holders = holders_[static_cast<std::size_t>(first)];
  if (holders < 0) return false;
  ++holders;
  held.shared |= bits;
  return true;
}

void SharedIndex::unlock(Held& held, int first, int count) {
  const std::lock_guard guard(mutex_);
  for (int slot = first; slot < first + count; ++slot) {
    const unsigned bit = 1U << slot;
    int& holders = holders_[static_cast<std::size_t>(slot)];
    if ((held.exclusive & bit) != 0) holders = 0;
    if ((held.shared & bit) != 0) --holders;
    held.exclusive &= ~bit;
    held.shared &= ~bit;
  }
}

void SharedIndex::leave(Held& held) {
  unlock(held, 0, kLocks);
  const std::lock_guard guard(mutex_);
  if (!held.joined) return;
  held.joined = false;
  if (--users_ == 0) regions_.clear();
}

}  // namespace storage
