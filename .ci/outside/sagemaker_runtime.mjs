// Asks the local endpoint through the AWS SDK for JavaScript, streamed. Reads the document of `up --json`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { SageMakerRuntimeClient, InvokeEndpointWithResponseStreamCommand, InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";

const up = JSON.parse(readFileSync(process.argv[2], "utf8"));
const client = new SageMakerRuntimeClient({
  endpoint: up.runtime,
  region: up.region,
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
});
const messages = [{ role: "user", content: "Context:\n[1] A plan says what a deploy will change.\n\nQuestion: What does a plan say?" }];
const request = { EndpointName: up.endpoint, ContentType: "application/json" };

const whole = await client.send(new InvokeEndpointCommand({ ...request, Body: JSON.stringify({ messages, max_tokens: 32, temperature: 0 }) }));
const expected = JSON.parse(new TextDecoder().decode(whole.Body)).choices[0].message.content;
assert.ok(expected.trim().length > 0);

const reply = await client.send(
  new InvokeEndpointWithResponseStreamCommand({ ...request, Body: JSON.stringify({ messages, max_tokens: 32, temperature: 0, stream: true }) }));
const decoder = new TextDecoder();
let raw = "";
let parts = 0;
for await (const event of reply.Body) {
  raw += decoder.decode(event.PayloadPart.Bytes, { stream: true });
  parts++;
}
const text = raw.split("\n").filter((line) => line.startsWith("data: {"))
  .flatMap((line) => JSON.parse(line.slice(6)).choices).map((choice) => choice.delta.content ?? "").join("");
assert.equal(text, expected);
assert.ok(parts > 1, "the answer came in one part: it was not streamed");
console.log(`ok AWS SDK for JavaScript InvokeEndpointWithResponseStream (${parts} parts)`);
