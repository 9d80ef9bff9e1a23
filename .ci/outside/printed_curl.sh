#!/usr/bin/env bash
# Runs the curl line that `up` prints, as it is printed, and looks whether the sources hold what was answered.
set -euo pipefail
line=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["curl"])' "$1")
bash -c "$line" | python3 -c '
import json, sys
answer = json.load(sys.stdin)
assert answer["answer"].strip(), answer
assert answer["usage"]["completion_tokens"] > 0, answer
words = lambda text: {word.strip(".,`\"():;").lower() for word in text.split()}
sources = set().union(*(words(source["text"]) for source in answer["sources"]))
said = words(answer["answer"])
assert len(said & sources) >= 0.8 * len(said), (answer["answer"], answer["sources"])
print("ok the printed curl line answers from the documentation:", answer["answer"])'
