#include "http/reply_cache.h"

namespace http {

namespace {

std::size_t shard_of(std::string_view key, std::size_t shards) { return std::hash<std::string_view>{}(key) % shards; }

}  // namespace

std::string ReplyCache::key_of(const Request& request) {
  std::string key;
  if (request.method != Method::get || request.header("authorization")) return key;
  const auto host = request.header("host").value_or("");
  const auto accept = request.header("accept").value_or("");
  key.reserve(host.size() + request.target.size() + accept.size() + 3);
  return key.append(request.target).append(1, '\n').append(host).append(1, request.secure ? '\r' : '\n').append(accept);
}

std::shared_ptr<const KeptReply> ReplyCache::find(std::string_view key, std::uint64_t version, core::Time now) const {
  const Shard& shard = shards_[shard_of(key, kShards)];
  std::lock_guard lock(shard.mutex);
  const auto it = shard.entries.find(key);
  if (it == shard.entries.end() || it->second.version != version) return nullptr;
  const core::Time age = now - it->second.made;
  return age >= 0 && age <= kFresh ? it->second.kept : nullptr;
}

void ReplyCache::keep(std::string_view key, std::uint64_t version, core::Time now,
                      std::shared_ptr<const KeptReply> kept) {
  const std::size_t cost = key.size() + kept->reply.body.size() + 768;
  if (cost > kLargest) return;
  Shard& shard = shards_[shard_of(key, kShards)];
  std::lock_guard lock(shard.mutex);
  if (shard.bytes + cost > kShardBytes) {
    shard.entries.clear();
    shard.bytes = 0;
  }
  shard.bytes += cost;
  shard.entries.insert_or_assign(std::string(key), Entry{version, now, std::move(kept)});
}

void ReplyCache::clear() {
  for (Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    shard.entries.clear();
    shard.bytes = 0;
  }
}

}  // namespace http
