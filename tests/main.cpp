#define CATCH_CONFIG_RUNNER  // Catch2 v2: its own implementation is compiled into this file
#include "support/catch.h"

int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
