# Defines the target `httplib`: cpp-httplib, from the first of these that there is.
#
# 1. CLANKDIN_HTTPLIB_SOURCE, a folder with the library's source: split into header and source by its own split.py and
#    compiled once.
# 2. An installation with a CMake package, or a header-only one.
# 3. An installed shared library (Debian's package). The executable then is not self-contained.
#
# What changes the layout of its classes is defined on the target and so is the same wherever the header is read.

# Without CPPHTTPLIB_OPENSSL_SUPPORT: TLS is not the library's here, and with it each start loads all of OpenSSL's words.
set(httplib_definitions CPPHTTPLIB_USE_POLL)

if(EXISTS "${CLANKDIN_HTTPLIB_SOURCE}/httplib.h")
  set(httplib_split "${CMAKE_BINARY_DIR}/httplib")
  if("${CLANKDIN_HTTPLIB_SOURCE}/httplib.h" IS_NEWER_THAN "${httplib_split}/httplib.cc")
    find_program(PYTHON3 NAMES python3 REQUIRED)
    execute_process(
      COMMAND "${PYTHON3}" "${CLANKDIN_HTTPLIB_SOURCE}/split.py" --out "${httplib_split}"
      OUTPUT_QUIET
      COMMAND_ERROR_IS_FATAL ANY)
  endif()
  add_library(httplib STATIC "${httplib_split}/httplib.cc")
  target_include_directories(httplib SYSTEM PUBLIC "${httplib_split}")
  target_compile_definitions(httplib PUBLIC ${httplib_definitions})
  target_compile_options(httplib PRIVATE -w -ffunction-sections -fdata-sections)
  target_link_libraries(httplib PUBLIC Threads::Threads)
  return()
endif()

add_library(httplib INTERFACE)
find_package(httplib CONFIG QUIET)
if(httplib_FOUND)
  target_link_libraries(httplib INTERFACE httplib::httplib)
  return()
endif()

find_path(HTTPLIB_INCLUDE_DIR httplib.h)
if(HTTPLIB_INCLUDE_DIR)
  # A header that has the functions' bodies needs no library.
  file(STRINGS "${HTTPLIB_INCLUDE_DIR}/httplib.h" httplib_bodies REGEX "^inline .*Server::listen\\(")
endif()
if(httplib_bodies)
  target_include_directories(httplib SYSTEM INTERFACE "${HTTPLIB_INCLUDE_DIR}")
  target_compile_definitions(httplib INTERFACE ${httplib_definitions})
  target_link_libraries(httplib INTERFACE Threads::Threads)
else()
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
  target_link_libraries(httplib INTERFACE PkgConfig::HTTPLIB)
  message(NOTICE
    "cpp-httplib: using the installed shared library, so the executable is not self-contained.\n"
    "  scripts/run and scripts/test fetch its source; or name one with -DCLANKDIN_HTTPLIB_SOURCE=FOLDER.")
endif()
