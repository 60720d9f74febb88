// Answers that need not be computed twice: public GETs, valid while nothing was committed since.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/clock.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/route.h"

namespace http {

struct KeptReply {
  const Route* route;
  Reply reply;  // with its lasting headers
};

// Any thread. Bounded; when a shard is full it is emptied.
class ReplyCache {
 public:
  // What the answer to a request without a key depends on, besides the database: the same for requests that a route
  // answers alike. Empty for a request whose answer is not to be kept.
  [[nodiscard]] static std::string key_of(const Request& request);

  // The answer kept for `key` at this version of the database. Answers also go stale with time (kFresh), because some
  // depend on the clock ("the last 7 days").
  [[nodiscard]] std::shared_ptr<const KeptReply> find(std::string_view key, std::uint64_t version,
                                                      core::Time now) const;
  void keep(std::string_view key, std::uint64_t version, core::Time now, std::shared_ptr<const KeptReply> kept);
  void clear();

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kShardBytes = 512 * 1024;
  static constexpr std::size_t kLargest = 64 * 1024;
  static constexpr core::Time kFresh = core::kSecond;

  struct Entry {
    std::uint64_t version;
    core::Time made;
    std::shared_ptr<const KeptReply> kept;
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
