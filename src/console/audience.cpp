#include "console/audience.h"

#include <string>

namespace console {

void Audience::join(std::shared_ptr<http::Outlet> outlet) {
  const std::lock_guard lock(mutex_);
  if (closed_) return outlet->close();
  outlets_.push_back(std::move(outlet));
}

void Audience::tell(std::string_view event, std::string_view data) {
  const std::lock_guard lock(mutex_);
  if (outlets_.empty()) return;
  std::string text = "event: ";
  text.append(event).append("\ndata: ").append(data).append("\n\n");
  std::erase_if(outlets_, [&](const auto& outlet) { return !outlet->send(text); });
}

bool Audience::present() {
  const std::lock_guard lock(mutex_);
  std::erase_if(outlets_, [](const auto& outlet) { return !outlet->open(); });
  return !outlets_.empty();
}

void Audience::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& outlet : outlets_) outlet->close();
  outlets_.clear();
}

}  // namespace console
