// Answers that need not be computed twice: public GETs, valid while nothing was committed since.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/clock.h"
#include "http/reply.h"

namespace http {

// Any thread. Bounded; when a shard is full it is emptied.
class ReplyCache {
 public:
  // The answer kept for `key` at this version of the database. Answers also go stale with time (kFresh), because some
  // depend on the clock ("the last 7 days").
  [[nodiscard]] std::shared_ptr<const Reply> find(std::string_view key, std::uint64_t version, core::Time now) const;
  void keep(std::string_view key, std::uint64_t version, core::Time now, std::shared_ptr<const Reply> reply);
  void clear();

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kShardBytes = 512 * 1024;
  static constexpr std::size_t kLargest = 64 * 1024;
  static constexpr core::Time kFresh = core::kSecond;

  struct Entry {
    std::uint64_t version;
    core::Time made;
    std::shared_ptr<const Reply> reply;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries;  // guarded by mutex
    std::size_t bytes = 0;                                                  // guarded by mutex
  };
  Shard shards_[kShards];
};

}  // namespace http
