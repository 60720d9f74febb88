# cmake -DINPUT=FILE -DOUTPUT=FILE.cpp -DFUNCTION=name::space::function -DHEADER=declares/it.h -P embed.cmake
#
# Writes a C++ source in which FUNCTION returns INPUT's bytes as a std::string_view. HEADER declares it.

file(READ "${INPUT}" digits HEX)
string(LENGTH "${digits}" size)
math(EXPR size "${size} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${digits}")
if(NOT FUNCTION MATCHES "^(.+)::([^:]+)$")
  message(FATAL_ERROR "FUNCTION must be a qualified name, not '${FUNCTION}'")
endif()
set(space "${CMAKE_MATCH_1}")
set(name "${CMAKE_MATCH_2}")
get_filename_component(input_name "${INPUT}" NAME)

file(WRITE "${OUTPUT}" "// Made from ${input_name} by scripts/embed.cmake.
#include <string_view>

#include \"${HEADER}\"

namespace ${space} {

static constexpr char kBytes[] = {${bytes}'\\0'};

std::string_view ${name}() { return {kBytes, ${size}}; }

}  // namespace ${space}
")
