#!/bin/sh
# run.sh EXECUTABLE shell|node|python: the example of docs/examples, as the README runs it. 77: its tool is missing.
set -eu
clankdin=$1
example=$(dirname "$0")/../../docs/examples/$2

case $2 in
  shell)
    command -v curl >/dev/null || exit 77
    exec "$clankdin" exec --agent ada -- sh "$example/test.sh"
    ;;
  node)
    node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null || exit 77
    exec "$clankdin" exec --agent ada --agent bob -- node --test "$example/agent.test.mjs"
    ;;
  python)
    python3 -c 'import pytest' 2>/dev/null || exit 77
    exec "$clankdin" exec --agent ada --agent bob -- python3 -m pytest -q -p no:cacheprovider "$example"
    ;;
esac
