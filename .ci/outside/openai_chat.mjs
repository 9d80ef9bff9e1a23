// Chats with the service through the openai package, streaming and not. Reads the document of `up --json`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import OpenAI from "openai";

const up = JSON.parse(readFileSync(process.argv[2], "utf8"));
const client = new OpenAI({ baseURL: up.api + "/v1", apiKey: "none", maxRetries: 0 });
const models = (await client.models.list()).data.map((model) => model.id);
assert.ok(models.some((id) => id.endsWith("-rag")), models.join());
const messages = [{ role: "user", content: "How is a running deployment stopped?" }];

for (const model of models) {
  const request = { model, messages, temperature: 0, max_tokens: 40 };
  const whole = await client.chat.completions.create(request);
  assert.equal(whole.object, "chat.completion");
  assert.ok(whole.usage.completion_tokens > 0);
  const text = whole.choices[0].message.content;

  let streamed = "";
  let reason;
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
    assert.equal(chunk.object, "chat.completion.chunk");
    streamed += chunk.choices[0]?.delta?.content ?? "";
    reason = chunk.choices[0]?.finish_reason ?? reason;
  }
  assert.equal(streamed, text);
  assert.ok(["stop", "length"].includes(reason), String(reason));
  console.log(`ok openai chats with ${model}, whole and streamed`);
}

await assert.rejects(client.chat.completions.create({ model: "nobody", messages }), OpenAI.NotFoundError);
await assert.rejects(client.chat.completions.create({ model: models[0], messages: [] }), OpenAI.BadRequestError);
console.log("ok openai reads the service's errors");
