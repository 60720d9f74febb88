# Shared by the scripts beside it: what has to be installed, and how the program is built. Sourced by bash, not run.
# Progress goes to stderr. All functions work without the network once everything is there.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build_packages=(
  g++ cmake ninja-build python3 ca-certificates
  catch2 libcli11-dev libkainjow-mustache-dev libsqlite3-dev libsqlitecpp-dev libssl-dev nlohmann-json3-dev
)
# Ours only where the distribution has no cpp-httplib source to offer.
httplib_packages=(libcpp-httplib-dev pkg-config)
httplib_source=.cache/cpp-httplib

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "This needs root, or sudo: $*"
  fi
}

# install_packages NAME…: those that are missing, with apt-get.
install_packages() {
  local missing=() package
  # Without dpkg this is no Debian: CMake then says what it does not find.
  command -v dpkg-query >/dev/null || return 0
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  say "Installing ${missing[*]} …"
  as_root apt-get update -qq >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    </dev/null >&2
}

# Debian packages cpp-httplib as a shared library only. Its source, with Debian's patches, comes from the same place as
# every other package: the system's own list of sources, copied with "deb-src" for "deb" and used from there, so that
# nothing under /etc/apt or /var/lib/apt changes.
fetch_httplib() (
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial"
  shopt -s nullglob
  for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
    [[ -e $list ]] || continue
    sed -E 's/^deb(\s)/deb-src\1/; s/^Types:.*/Types: deb-src/' "$list" >"$work/parts/${list##*/}"
  done
  apt=(apt-get -q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/parts"
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=)
  # Sources without a deb-src side make `update` fail as a whole; what counts is whether ours is found after it.
  "${apt[@]}" update >"$work/log" 2>&1 || true
  if ! (cd "$work" && "${apt[@]}" source cpp-httplib >>"$work/log" 2>&1); then
    tail -n 5 "$work/log" >&2
    return 1
  fi
  mkdir -p "${httplib_source%/*}"
  rm -rf "$httplib_source"
  mv "$work"/cpp-httplib-*/ "$httplib_source"
)

# Everything that a build needs.
prepare() {
  install_packages "${build_packages[@]}"
  [[ -e $httplib_source/httplib.h ]] && return
  command -v apt-get >/dev/null || return 0
  install_packages dpkg-dev
  say "Fetching the source of cpp-httplib …"
  if fetch_httplib; then
    rm -f build*/CMakeCache.txt  # they had settled for another one
  else
    say "No source of cpp-httplib to be had: using the shared library, so the executable is not self-contained."
    install_packages "${httplib_packages[@]}"
  fi
}

# build PRESET TARGET: configures where that has not been done, and builds. Sets build_folder.
build() {
  build_folder=build
  [[ $1 == release ]] || build_folder=build-$1
  if command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER="${CMAKE_CXX_COMPILER_LAUNCHER-ccache}"
  fi
  if [[ ! -e $build_folder/CMakeCache.txt || ! (-e $build_folder/build.ninja || -e $build_folder/Makefile) ]]; then
    # shellcheck disable=SC2086  # several options in one variable
    cmake --preset "$1" ${CLANKDIN_CMAKE_OPTIONS-} >&2
  fi
  cmake --build "$build_folder" --target "$2" --parallel "$(nproc)" >&2
}
