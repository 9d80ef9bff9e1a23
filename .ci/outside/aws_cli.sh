#!/usr/bin/env bash
# Asks the local endpoint through the AWS CLI. Reads the document of `up --json`.
set -euo pipefail
up=$1
field() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$up" "$1"; }
AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME=$(field runtime)
AWS_ENDPOINT_URL_S3=$(field s3)
AWS_DEFAULT_REGION=$(field region)
export AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME AWS_ENDPOINT_URL_S3 AWS_DEFAULT_REGION
export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_PAGER=
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf '{"inputs": "Once", "parameters": {"max_new_tokens": 8}}' > "$work/in.json"
aws sagemaker-runtime invoke-endpoint --endpoint-name "$(field endpoint)" --content-type application/json \
  --body "fileb://$work/in.json" "$work/out.json" > "$work/meta.json"
python3 -c 'import json,sys; assert isinstance(json.load(open(sys.argv[1]))["generated_text"], str)' "$work/out.json"
echo "ok aws sagemaker-runtime invoke-endpoint"

aws s3 cp --quiet "$work/in.json" "s3://$(field bucket)/cli/in.json"
aws sagemaker-runtime invoke-endpoint-async --endpoint-name "$(field endpoint)" --content-type application/json \
  --input-location "s3://$(field bucket)/cli/in.json" > "$work/accepted.json"
out=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["OutputLocation"])' "$work/accepted.json")
for _ in $(seq 300); do
  if aws s3 cp --quiet "$out" "$work/async.json" 2> /dev/null; then break; fi
  sleep 0.1
done
cmp "$work/out.json" "$work/async.json"
echo "ok aws sagemaker-runtime invoke-endpoint-async"
