"""Asks the local endpoint through boto3: whole, streamed and asynchronously. Reads the document of `up --json`."""
import json
import sys
import time

import boto3
from botocore.exceptions import ClientError

up = json.load(open(sys.argv[1]))
common = dict(region_name=up["region"], aws_access_key_id="local", aws_secret_access_key="local")
runtime = boto3.client("sagemaker-runtime", endpoint_url=up["runtime"], **common)
s3 = boto3.client("s3", endpoint_url=up["s3"], **common)
body = json.dumps({
    "messages": [
        {"role": "system", "content": "Answer the question with the context below."},
        {"role": "user", "content": "Context:\n[1] The lock pins every file of the model by its hash.\n\nQuestion: What does the lock pin?"},
    ],
    "max_tokens": 48,
    "temperature": 0,
})


def whole():
    reply = runtime.invoke_endpoint(EndpointName=up["endpoint"], ContentType="application/json", Body=body)
    answer = json.loads(reply["Body"].read())
    assert answer["usage"]["completion_tokens"] > 0, answer
    assert answer["choices"][0]["finish_reason"] in ("stop", "length"), answer
    return answer["choices"][0]["message"]["content"]


def streamed():
    reply = runtime.invoke_endpoint_with_response_stream(
        EndpointName=up["endpoint"], ContentType="application/json", Body=json.dumps(json.loads(body) | {"stream": True}))
    raw = b"".join(event["PayloadPart"]["Bytes"] for event in reply["Body"])
    text = ""
    for line in raw.decode().splitlines():
        if line.startswith("data: ") and line != "data: [DONE]":
            for choice in json.loads(line[6:])["choices"]:
                text += choice["delta"].get("content") or ""
    assert raw.decode().rstrip().endswith("data: [DONE]"), raw[-80:]
    return text


def asynchronous():
    s3.put_object(Bucket=up["bucket"], Key="in/question.json", Body=body.encode())
    accepted = runtime.invoke_endpoint_async(
        EndpointName=up["endpoint"], ContentType="application/json", InputLocation=f"s3://{up['bucket']}/in/question.json")
    bucket, key = accepted["OutputLocation"].removeprefix("s3://").split("/", 1)
    end = time.monotonic() + 60
    while True:
        try:
            answer = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
            return answer["choices"][0]["message"]["content"]
        except ClientError as missing:
            assert missing.response["Error"]["Code"] == "NoSuchKey", missing
            assert time.monotonic() < end, "no output within 60 s"
            time.sleep(0.1)


def unknown_endpoint():
    try:
        runtime.invoke_endpoint(EndpointName="nobody", ContentType="application/json", Body=body)
    except ClientError as refused:
        assert refused.response["Error"]["Code"] == "ValidationError", refused.response
        return
    raise AssertionError("an endpoint that does not exist answered")


text = whole()
assert text.strip(), "no text"
print("ok boto3 InvokeEndpoint")
assert streamed() == text, (streamed(), text)
print("ok boto3 InvokeEndpointWithResponseStream gives the same text")
assert asynchronous() == text
print("ok boto3 InvokeEndpointAsync through the local S3")
unknown_endpoint()
print("ok boto3 sees ValidationError for an unknown endpoint")
