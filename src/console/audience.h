// Who follows a stream of Server-Sent Events that is kept nowhere: what happens is sent to those that are there.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "http/reply.h"

namespace console {

// All functions may be called from any thread and don't wait.
class Audience {
 public:
  void join(std::shared_ptr<http::Outlet> outlet);
  // An event of that name; `data` is one line.
  void tell(std::string_view event, std::string_view data);
  // Whether anybody is there.
  [[nodiscard]] bool present();
  // Ends all streams, and those that come.
  void close();

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<http::Outlet>> outlets_;  // guarded by mutex_, like all below
  bool closed_ = false;
};

}  // namespace console
