#include "cli/serve_options.h"

#include <charconv>

#include "core/text.h"

namespace cli {
namespace {

constexpr std::int64_t kMaxWorkers = 256;

// "65536", "512k", "10M".
std::optional<std::size_t> bytes_from(std::string_view text) {
  constexpr std::size_t kMost = std::size_t{1} << 30;
  std::size_t unit = 1;
  if (text.ends_with('k') || text.ends_with('K')) unit = std::size_t{1} << 10;
  if (text.ends_with('M')) unit = std::size_t{1} << 20;
  if (unit > 1) text.remove_suffix(1);
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (count == 0 || count > kMost / unit) return std::nullopt;
  return count * unit;
}

std::string bucket_names() {
  std::string names;
  for (std::size_t index = 0; index < http::kBuckets; ++index) {
    names.append(index == 0 ? "" : ", ").append(http::name_of(static_cast<http::Bucket>(index)));
  }
  return names;
}

void describe_limits(Options& options, server::Config& config) {
  // The named set comes first: --rate-limit changes one of its lines, wherever the two stand on the command line.
  const std::size_t otherwise = config.quotas == http::Quotas::off() ? 2 : 0;
  options.choice("rate-limits", "SET", {"default", "strict", "off"}, otherwise,
                 "Which rate limits hold: default, strict, off", [&config](std::size_t index) {
                   constexpr std::string_view kNames[] = {"default", "strict", "off"};
                   config.quotas = http::Quotas::named(kNames[index]).value();
                 });
  options.add({.name = "rate-limit",
               .placeholder = "NAME=COUNT/UNIT",
               .takes = "NAME=COUNT/UNIT like endorse=20/hour (names: " + bucket_names() +
                        "; units: second, minute, hour, day)",
               .help = "One rate limit, like endorse=20/hour; may be given again for others",
               .repeatable = true,
               .read = [&config](const std::string& value) { return !config.quotas.set(value); }});
  options.add({.name = "max-body",
               .placeholder = "BYTES",
               .takes = "a number of bytes from 1 to 1024M, like 1048576, 512k or 10M",
               .help = "The largest request body",
               .otherwise = std::to_string(config.listen.max_body),
               .read = [&config](const std::string& value) {
                 const auto bytes = bytes_from(value);
                 if (bytes) config.listen.max_body = *bytes;
                 return bytes.has_value();
               }});
}

void describe_log(Options& options, server::Config& config) {
  options.choice("log-level", "LEVEL", {"debug", "info", "warn", "error", "off"},
                 static_cast<std::size_t>(config.log.level),
                 "What goes to standard error: debug, info, warn, error, off",
                 [&config](std::size_t index) { config.log.level = static_cast<core::LogLevel>(index); });
  options.choice("log-format", "FORMAT", {"text", "json"}, 0, "How it is written: text, json",
                 [&config](std::size_t index) { config.log.format = static_cast<core::LogFormat>(index); });
}

}  // namespace

void describe_server(Options& options, server::Config& config) {
  options.text("host", "HOST", config.listen.host, "an IP address or the name of this machine",
               "Address to listen on; 0.0.0.0 or :: for every one");
  options.integer("port", "PORT", config.listen.port, 0, 65'535, "Port to listen on; 0 takes a free one");
  options.file("db", config.db, "Database; made where there is none");
  options.flag("memory", config.memory, "Keep everything in memory and nothing on disk");
  options.flag("shared-vfs", config.shared_vfs,
               "Let other programs open the database while it is served (sqlite3, Litestream); slower");
  options.add({.name = "public-url",
               .placeholder = "URL",
               .takes = "an http or https URL without query or fragment, like https://clank.example",
               .help = "Under which clients know this server; without it, each request's Host",
               .read = [&config](const std::string& value) {
                 config.public_url = value.substr(0, value.find_last_not_of('/') + 1);
                 return core::is_http_url(value) && value.find_first_of("?#") == std::string::npos;
               }});
  describe_limits(options, config);
  options.flag("require-auth", config.require_auth, "Ask for a key everywhere but for registration, health and pages");
  options.add({.name = "trusted-proxy",
               .placeholder = "CIDR",
               .takes = "an IP address or a range of them like 10.0.0.0/8",
               .help = "Proxies whose X-Forwarded-For says who the client is; may be given again for others",
               .repeatable = true,
               .read = [&config](const std::string& value) {
                 const auto range = core::parse_ip_range(value);
                 if (range) config.trusted_proxies.push_back(*range);
                 return range.has_value();
               }});
  options.flag("test-api", config.test_api, "Offer the test controls under /_test to clients on this machine");
  options.flag("demo", config.demo, "Begin with a small network of agents, posts and jobs, if the database is empty");
  options.file("tls-cert", config.listen.tls_cert, "Certificate chain (PEM) to serve https with");
  options.file("tls-key", config.listen.tls_key, "Its private key (PEM)");
  options.flag("webhook-block-private", config.webhook_block_private,
               "Send webhooks to public addresses only, never to this machine or its network");
  options.integer("workers", "N", config.listen.workers, 1, kMaxWorkers, "Threads that answer requests");
  describe_log(options, config);
  options.file("ready-file", config.ready_file, "Gets {\"url\", \"port\", \"pid\"} when connections are accepted");
}

void check_server(const server::Config& config) {
  if (config.listen.tls_cert.empty() != config.listen.tls_key.empty()) {
    const bool cert = config.listen.tls_key.empty();
    throw UsageError(std::string(cert ? "--tls-cert takes" : "--tls-key takes") +
                     " the path of a file, together with " + (cert ? "--tls-key" : "--tls-cert") +
                     "; that one is missing");
  }
}

}  // namespace cli
