// SQLite drops the pages behind the file's end from its cache at each commit. It looks for them in the whole cache if
// a page has ever had the number of the one page that no file has (where locks are): balance_nonroot() in btree.c lends
// it to a page while two change places. With a cache of 16 MiB that look was a quarter of a small commit. So the cache
// is wrapped here, and asked to drop pages only when there can be any.
#include "storage/sqlite_pages.h"

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <new>

namespace storage {
namespace {

// SQLite's own functions, which the ones here are built on.
sqlite3_pcache_methods2& own_cache() {
  static sqlite3_pcache_methods2 methods{};
  return methods;
}

struct Cache {
  sqlite3_pcache* pages = nullptr;
  unsigned lent = 0;      // the number that no page of a file has
  unsigned greatest = 0;  // of the pages that may be there

  void note(unsigned number) {
    if (number != lent) greatest = std::max(greatest, number);
  }
};

Cache& cache_of(sqlite3_pcache* opaque) { return *reinterpret_cast<Cache*>(opaque); }

int init(void*) { return own_cache().xInit(own_cache().pArg); }
void shut_down(void*) { own_cache().xShutdown(own_cache().pArg); }

sqlite3_pcache* create(int page_size, int extra_size, int purgeable) {
  constexpr unsigned kLockedByte = 0x40000000;  // "PENDING_BYTE" in os.h
  std::unique_ptr<Cache> cache(new (std::nothrow) Cache);
  if (!cache) return nullptr;
  cache->pages = own_cache().xCreate(page_size, extra_size, purgeable);
  if (cache->pages == nullptr) return nullptr;
  cache->lent = kLockedByte / static_cast<unsigned>(page_size) + 1;
  return reinterpret_cast<sqlite3_pcache*>(cache.release());
}

void destroy(sqlite3_pcache* opaque) {
  const std::unique_ptr<Cache> cache(&cache_of(opaque));
  own_cache().xDestroy(cache->pages);
}

void set_size(sqlite3_pcache* opaque, int size) { own_cache().xCachesize(cache_of(opaque).pages, size); }
int count(sqlite3_pcache* opaque) { return own_cache().xPagecount(cache_of(opaque).pages); }
void shrink(sqlite3_pcache* opaque) { own_cache().xShrink(cache_of(opaque).pages); }

sqlite3_pcache_page* fetch(sqlite3_pcache* opaque, unsigned number, int create_it) {
  Cache& cache = cache_of(opaque);
  cache.note(number);
  return own_cache().xFetch(cache.pages, number, create_it);
}

void unpin(sqlite3_pcache* opaque, sqlite3_pcache_page* page, int discard) {
  own_cache().xUnpin(cache_of(opaque).pages, page, discard);
}

void rename(sqlite3_pcache* opaque, sqlite3_pcache_page* page, unsigned number, unsigned next) {
  Cache& cache = cache_of(opaque);
  cache.note(next);
  own_cache().xRekey(cache.pages, page, number, next);
}

// Those from `first` on.
void drop(sqlite3_pcache* opaque, unsigned first) {
  Cache& cache = cache_of(opaque);
  if (cache.greatest < first) return;
  own_cache().xTruncate(cache.pages, first);
  cache.greatest = first - 1;
}

}  // namespace

void configure_page_cache() {
  if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &own_cache()) != SQLITE_OK) return;
  sqlite3_pcache_methods2 methods{};
  methods.iVersion = 1;
  methods.xInit = init;
  methods.xShutdown = shut_down;
  methods.xCreate = create;
  methods.xCachesize = set_size;
  methods.xPagecount = count;
  methods.xFetch = fetch;
  methods.xUnpin = unpin;
  methods.xRekey = rename;
  methods.xTruncate = drop;
  methods.xDestroy = destroy;
  methods.xShrink = shrink;
  sqlite3_config(SQLITE_CONFIG_PCACHE2, &methods);
}

}  // namespace storage
