#!/usr/bin/env bash
# Deploys to moto's server, reads with the AWS CLI what was made, deploys again, and takes it all away.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
moto_server -H 127.0.0.1 -p "$port" > "$work/moto.log" 2>&1 &
moto=$!
trap 'kill "$moto" 2> /dev/null; wait "$moto" 2> /dev/null; rm -rf "$work"' EXIT
export AWS_ENDPOINT_URL=http://127.0.0.1:$port AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing AWS_PAGER= SLIPWAY_HOME=$work/home
for _ in $(seq 200); do
  if curl -sf "$AWS_ENDPOINT_URL/moto-api/" > /dev/null; then break; fi
  sleep 0.1
done
curl -sf -X POST "$AWS_ENDPOINT_URL/moto-api/static/sagemaker/endpoint-results" -H 'Content-Type: application/json' -d '{
  "account_id": "123456789012", "region": "us-east-1",
  "results": [{"Body": "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"Hello.\"},\"finish_reason\":\"stop\"}]}", "ContentType": "application/json"}, {"Body": "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"Hello.\"},\"finish_reason\":\"stop\"}]}", "ContentType": "application/json"}]}' > /dev/null

cat > "$work/slipway.yaml" <<YAML
name: chat
target: aws
region: us-east-1
model: {source: "file:$root/demo-model"}
endpoint: {kind: realtime, server: vllm, instance: ml.g4dn.xlarge, scaling: {min: 1, max: 2}}
YAML
slipway() { "$root/slipway" "$@"; }
has() { python3 -c '
import json, sys
document = json.load(open(sys.argv[1]))
assert eval(sys.argv[2], {"d": document}), (sys.argv[2], document)' "$1" "$2"; }
field() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"; }

slipway plan -f "$work/slipway.yaml" --json > "$work/plan.json"
has "$work/plan.json" 'any(c["type"] == "AWS::SageMaker::Endpoint" and c["action"] == "create" for c in d["changes"])'
code=0; slipway plan -f "$work/slipway.yaml" --json --detailed-exitcode > /dev/null 2>&1 || code=$?
[ "$code" = 2 ]
echo "ok plan says what would be created, and changes nothing"

slipway deploy -f "$work/slipway.yaml" --yes --json > "$work/first.json"
has "$work/first.json" 'd["changed"] is True and d["status"] == "running" and d["revision"] == 1'
bucket=$(field "$work/first.json" bucket) endpoint=$(field "$work/first.json" endpoint) stack=$(field "$work/first.json" stack)
aws sagemaker describe-endpoint --endpoint-name "$endpoint" > "$work/endpoint.json"
has "$work/endpoint.json" 'd["EndpointStatus"] == "InService"'
aws cloudformation describe-stacks --stack-name "$stack" > "$work/stack.json"
has "$work/stack.json" 'd["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"'
aws s3api list-objects-v2 --bucket "$bucket" --prefix models/ > "$work/objects.json"
has "$work/objects.json" 'any(o["Key"].endswith("/model.safetensors") for o in d["Contents"])'
aws s3api list-multipart-uploads --bucket "$bucket" > "$work/uploads.json"
[ ! -s "$work/uploads.json" ] || has "$work/uploads.json" 'not d.get("Uploads")'
key=$(python3 -c 'import json,sys; print(next(o["Key"] for o in json.load(open(sys.argv[1]))["Contents"] if o["Key"].endswith("/model.safetensors")))' "$work/objects.json")
aws s3 cp --quiet "s3://$bucket/$key" "$work/model.safetensors"
cmp "$work/model.safetensors" "$root/demo-model/model.safetensors"
echo "ok deploy leaves the objects, the stacks and the endpoint"

slipway status -f "$work/slipway.yaml" --json > "$work/status.json"
has "$work/status.json" 'd["target"] == "aws" and d["endpoint"]["status"] == "InService" and d["revision"] == 1'
slipway ask -f "$work/slipway.yaml" "Say hello." --json > "$work/answer.json"
has "$work/answer.json" 'isinstance(d["answer"], str)'
echo "ok status and ask"

slipway deploy -f "$work/slipway.yaml" --yes --json > "$work/second.json"
has "$work/second.json" 'd["changed"] is False and d["revision"] == 1'
code=0; slipway plan -f "$work/slipway.yaml" --json --detailed-exitcode > "$work/plan2.json" || code=$?
[ "$code" = 0 ]
has "$work/plan2.json" 'd["changes"] == []'
echo "ok a second deploy changes nothing"

slipway destroy -f "$work/slipway.yaml" --yes --json > "$work/destroy.json"
has "$work/destroy.json" 'd["left"] == [] and d["deleted"]'
aws cloudformation list-stacks --stack-status-filter CREATE_COMPLETE UPDATE_COMPLETE DELETE_FAILED > "$work/left.json"
has "$work/left.json" 'd["StackSummaries"] == []'
for what in endpoints:Endpoints endpoint-configs:EndpointConfigs models:Models; do
  aws sagemaker "list-${what%%:*}" > "$work/left.json"
  has "$work/left.json" "d[\"${what##*:}\"] == []"
done
aws s3api list-buckets > "$work/left.json"
has "$work/left.json" 'd["Buckets"] == []'
aws iam list-roles > "$work/left.json"
has "$work/left.json" 'not [r for r in d["Roles"] if "slipway" in r["RoleName"]]'
slipway destroy -f "$work/slipway.yaml" --yes --json > "$work/again.json"
has "$work/again.json" 'd == {"deleted": [], "kept": d["kept"], "left": []}'
echo "ok destroy leaves nothing, and says so when asked again"
