#include "http/reply_cache.h"

namespace http {

namespace {

std::size_t shard_of(std::string_view key, std::size_t shards) { return std::hash<std::string_view>{}(key) % shards; }

}  // namespace

std::shared_ptr<const Reply> ReplyCache::find(std::string_view key, std::uint64_t version, core::Time now) const {
  const Shard& shard = shards_[shard_of(key, kShards)];
  std::lock_guard lock(shard.mutex);
  const auto it = shard.entries.find(key);
  if (it == shard.entries.end() || it->second.version != version) return nullptr;
  const core::Time age = now - it->second.made;
  return age >= 0 && age <= kFresh ? it->second.reply : nullptr;
}

void ReplyCache::keep(std::string_view key, std::uint64_t version, core::Time now, std::shared_ptr<const Reply> reply) {
  const std::size_t cost = key.size() + reply->body.size() + 256;
  if (cost > kLargest) return;
  Shard& shard = shards_[shard_of(key, kShards)];
  std::lock_guard lock(shard.mutex);
  if (shard.bytes + cost > kShardBytes) {
    shard.entries.clear();
    shard.bytes = 0;
  }
  shard.bytes += cost;
  shard.entries.insert_or_assign(std::string(key), Entry{version, now, std::move(reply)});
}

void ReplyCache::clear() {
  for (Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    shard.entries.clear();
    shard.bytes = 0;
  }
}

}  // namespace http
