#!/usr/bin/env bash
# Builds the service's image, pushes it to Debian's registry, reads it back with skopeo, and serves from its layers:
# once in front of the local endpoint, once with the model beside the service. Reads the document of `up --json`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
up=$1
for program in docker-registry skopeo setpriv curl; do
  command -v "$program" > /dev/null || { echo "the check of images needs $program on the PATH" >&2; exit 1; }
done
. "$root/.mvn/jdk.sh"
java_home=$(find_jdk25)
work=$(mktemp -d)
chmod 755 "$work"
pids=()
cleanup() { for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done; wait; chmod -R u+w "$work"; rm -rf "$work"; }
trap cleanup EXIT
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
field() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"; }
has() { python3 -c '
import json, sys
document = json.load(open(sys.argv[1]))
assert eval(sys.argv[2], {"d": document}), (sys.argv[2], document)' "$1" "$2"; }
slipway() { "${SLIPWAY:-$root/slipway}" "$@"; }

registry=127.0.0.1:$(free_port)
cat > "$work/registry.yml" <<YAML
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $work/registry}, delete: {enabled: true}}
http: {addr: $registry}
YAML
docker-registry serve "$work/registry.yml" > "$work/registry.log" 2>&1 &
pids+=($!)
for _ in $(seq 100); do if curl -sf "http://$registry/v2/" > /dev/null; then break; fi; sleep 0.1; done
python3 "$here/image_base.py" "$work/base.tar"

# Each in a home of its own, so that nothing of the first build is there for the second.
(cd "$work" && SLIPWAY_HOME=$work/home1 slipway image --tar "$work/image.tar" --base "tar:$work/base.tar" --json > "$work/tar.json")
(cd "$work" && SLIPWAY_HOME=$work/home2 slipway image --push "$registry/team/demo:1" --base "tar:$work/base.tar" --json > "$work/push.json")
digest=$(field "$work/push.json" digest)
[ "$(field "$work/tar.json" digest)" = "$digest" ]
echo "ok the same input gives the same digest, saved or pushed"

skopeo inspect --raw --tls-verify=false "docker://$registry/team/demo:1" > "$work/manifest.json"
[ "sha256:$(sha256sum < "$work/manifest.json" | cut -d ' ' -f 1)" = "$digest" ]
(cd "$work" && SLIPWAY_HOME=$work/home2 slipway image --push "$registry/team/demo:2" --base "tar:$work/base.tar" > /dev/null 2>&1)
skopeo inspect --raw --tls-verify=false "docker://$registry/team/demo:2" | cmp - "$work/manifest.json"
echo "ok what was pushed is found by its digest, and pushed again is the same"

# unpack NAME SOURCE: lays the layers of an image into $work/NAME/layers, with its configuration beside it.
unpack() {
  mkdir -p "$work/$1/layers"
  skopeo copy --quiet --src-tls-verify=false "$2" "dir:$work/$1/image" > /dev/null
  python3 - "$work/$1" <<'PY'
import json, sys, tarfile
home = sys.argv[1]
manifest = json.load(open(f"{home}/image/manifest.json"))
blob = lambda each: f"{home}/image/" + each["digest"].split(":")[1]
for layer in manifest["layers"]:
    with tarfile.open(blob(layer)) as archive:
        archive.extractall(f"{home}/layers", filter="data") if sys.version_info >= (3, 12) else archive.extractall(f"{home}/layers")
config = json.load(open(blob(manifest["config"])))
json.dump(config, open(f"{home}/config.json", "w"))
config = config["config"]
assert config["User"] == "10001:10001" and config["WorkingDir"] == "/app", config
with open(f"{home}/entrypoint", "w") as out:
    out.write("\n".join(config["Entrypoint"][1:]) + "\n")
assert config["Entrypoint"][0] == "java", config
PY
  chmod -R a+rX,a-w "$work/$1/layers"
}

# serve NAME PORT [VARIABLE=VALUE...]: runs the image's entry point in its folder, as a user without rights to it.
serve() {
  local name=$1 port=$2
  shift 2
  mapfile -t arguments < "$work/$name/entrypoint"
  local user=()
  if [ "$(id -u)" = 0 ]; then user=(setpriv --reuid=10001 --regid=10001 --clear-groups --no-new-privs); fi
  mkdir -p "$work/$name/tmp"; chmod 1777 "$work/$name/tmp"
  touch "$work/$name/started"
  (cd "$work/$name/layers/app" && exec env -i PATH=/usr/bin:/bin SLIPWAY_HOME="$work/$name/tmp/slipway" "$@" \
    "${user[@]}" "$java_home/bin/java" "${arguments[@]}" --port "$port") > "$work/$name/out" 2> "$work/$name/err" &
  server=$!
  pids+=("$server")
  for _ in $(seq 600); do
    if curl -sf "http://127.0.0.1:$port/health/ready" > /dev/null; then return; fi
    kill -0 "$server" 2> /dev/null || break
    sleep 0.1
  done
  echo "no service from the image:" >&2; cat "$work/$name/err" >&2
  return 1
}

# answers NAME PORT: asks as callers do, then ends the service, which must take its own with it.
answers() {
  curl -sf "http://127.0.0.1:$2/v1/chat/completions" -H 'Content-Type: application/json' -d '{
    "model": "slipway-demo", "temperature": 0, "max_tokens": 12,
    "messages": [{"role": "user", "content": "What does exit code 3 mean?"}]}' > "$work/$1/answer.json"
  has "$work/$1/answer.json" 'd["choices"][0]["message"]["content"].strip() and d["usage"]["completion_tokens"] > 0'
  curl -sf "http://127.0.0.1:$2/rag" -H 'Content-Type: application/json' -d '{"query": "What does exit code 3 mean?"}' > "$work/$1/rag.json"
  has "$work/$1/rag.json" 'd["answer"].strip()'
  kill -TERM "$server"
  for _ in $(seq 300); do kill -0 "$server" 2> /dev/null || break; sleep 0.1; done
  code=0; wait "$server" || code=$?
  [ "$code" = 143 ]
  [ -z "$(pgrep -f "$work/$1/layers" || true)" ]
  [ -z "$(find "$work/$1/layers" -newer "$work/$1/started")" ]
  ! grep -q "exit code 3" "$work/$1/err"
}

unpack endpoint "docker://$registry/team/demo@$digest"
[ -z "$(find "$work/endpoint/layers" -name 'llama-*' -o -name '*cdk*' -o -name 'jib-*' -o -name '*.gguf' -o -name '*.safetensors')" ]
port=$(free_port)
serve endpoint "$port" AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME="$(field "$up" runtime)" AWS_REGION="$(field "$up" region)" \
  AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
answers endpoint "$port"
echo "ok the image serves in front of an endpoint, without rights and without llama.cpp, CDK and Jib"

mkdir "$work/beside"
sed -e "s|file:../../demo-model|file:$root/demo-model|" "$root/templates/sample/slipway.yaml" > "$work/beside/slipway.yaml"
echo 'api: {engine: embedded}' >> "$work/beside/slipway.yaml"
(cd "$work/beside" && SLIPWAY_HOME=$work/home1 slipway image --tar "$work/beside.tar" --base "tar:$work/base.tar" > /dev/null 2>&1)
unpack alone "docker-archive:$work/beside.tar"
[ -n "$(find "$work/alone/layers/app/model" -name '*.gguf')" ]
port=$(free_port)
serve alone "$port"
answers alone "$port"
[ "$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["choices"][0]["message"]["content"])' "$work/endpoint/answer.json")" = \
  "$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["choices"][0]["message"]["content"])' "$work/alone/answer.json")" ]
echo "ok the image with the model in it answers the same, with no endpoint at all"
