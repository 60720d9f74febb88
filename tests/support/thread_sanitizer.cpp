// What ThreadSanitizer would report wrongly. The standard library isn't built with it, and so the atomic count of the
// holders of an exception that one thread hands to another (std::exception_ptr) is invisible to it.
#ifdef __SANITIZE_THREAD__

extern "C" const char* __tsan_default_suppressions();

extern "C" const char* __tsan_default_suppressions() {
  return "race:std::__exception_ptr::exception_ptr::_M_release\n";
}

#endif
