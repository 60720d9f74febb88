// Many callers at the same moment.
#pragma once

#include <latch>
#include <thread>
#include <vector>

// Calls `act(0)` … `act(count - 1)`, each on a thread of its own; none starts before all are ready. Returns when all
// are done. Register keys before: TestApp makes them on the calling thread only.
template <class Act>
void at_once(int count, const Act& act) {
  std::latch ready(count);
  std::vector<std::jthread> threads;
  threads.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      ready.arrive_and_wait();
      act(i);
    });
  }
}
