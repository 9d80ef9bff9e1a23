#!/usr/bin/env bash
# Synthesizes the CDK app through the CDK's own command line, as users may, and twice: the bytes must not differ.
set -euo pipefail
cd "$(dirname "$0")/../.."
cdk=$PWD/.ci/outside/node_modules/.bin/cdk
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/slipway.yaml" <<'YAML'
name: outside
model: {source: "file:model"}
endpoint: {kind: async, instance: ml.g4dn.xlarge, scaling: {min: 0, max: 2}}
YAML
cat > "$work/slipway.lock" <<'JSON'
{"source": "file:model", "commit": "0123456789abcdef0123456789abcdef01234567",
 "files": [{"path": "model.safetensors", "size": 1000, "sha256": "abababababababababababababababababababababababababababababababab"}],
 "facts": {"architecture": null, "parameters": null, "dtype": null, "context_length": null}}
JSON
synth() { "$cdk" synth --quiet -c file="$1" -c region=eu-west-1 -o "$2" > "$work/said" 2>&1; }
synth "$work/slipway.yaml" "$work/one" || { cat "$work/said" >&2; exit 1; }
synth "$work/slipway.yaml" "$work/two"
for stack in slipway-outside-store slipway-outside-endpoint; do
  cmp "$work/one/$stack.template.json" "$work/two/$stack.template.json"
done
echo "ok cdk synth writes the same two stacks each time"

sed -i.bak 's/kind: async/kind: never/' "$work/slipway.yaml"
if synth "$work/slipway.yaml" "$work/three"; then echo "a broken manifest was synthesized" >&2; exit 1; fi
grep -q 'endpoint.kind: must be' "$work/said"
if grep -q $'^\tat ' "$work/said"; then cat "$work/said" >&2; exit 1; fi
echo "ok cdk synth tells what is wrong with a manifest"
