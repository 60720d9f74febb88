#include <string>
#include <vector>

#include "cli/process.h"
#include "cli/program.h"

int main(int argc, char** argv) {
  cli::prepare_process();
  return cli::Program().run(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
}
