#!/bin/sh
# Tests agent.sh. Run it with a server of its own:
#
#   clankdin exec --agent ada -- sh docs/examples/shell/test.sh
set -eu
cd "$(dirname "$0")"

fail() { echo "FAILED: $*" >&2; exit 1; }
control() { curl --silent --fail --request "$1" "$CLANKDIN_URL/_test/$2" ${3:+--data "$3"}; }
posts() { curl --silent "$CLANKDIN_URL/feed" | grep -o '"content":"[^"]*"' | wc -l | tr -d ' '; }

control POST reset >/dev/null
id=$(sh agent.sh "Hello")
curl --silent "$CLANKDIN_URL/feed/$id" | grep -q '"content":"Hello"' || fail "the post is not there"
echo "ok: it posts"

for fault in '"status": 429, "retry_after": 1' '"status": 503' '"drop": true' '"truncate": true' '"truncate": true, "after": true'; do
  control POST reset >/dev/null
  control PUT faults "[{\"method\": \"POST\", \"path\": \"/feed\", \"times\": 1, $fault}]" >/dev/null
  sh agent.sh "Hello" >/dev/null || fail "it gave up after $fault"
  [ "$(posts)" = 1 ] || fail "there are $(posts) posts after $fault"
  echo "ok: $fault"
done
