#!/usr/bin/env bash
# Half a minute of twice what the service can carry: goodput, refusals and memory (src/bench/soak has the long form).
set -euo pipefail
json=$(mktemp)
trap 'rm -f "$json"' EXIT
../../src/bench/soak 0.5 "$json"
