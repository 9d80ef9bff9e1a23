// Validates the service's /openapi.json with a validator of others. Reads the document of `up --json`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";

const up = JSON.parse(readFileSync(process.argv[2], "utf8"));
const document = await (await fetch(up.api + "/openapi.json")).json();
const validator = new Validator();
const result = await validator.validate(document);
assert.ok(result.valid, JSON.stringify(result.errors, null, 2));
assert.equal(validator.version, "3.1");
for (const path of ["/rag", "/v1/chat/completions", "/v1/models"]) assert.ok(document.paths[path], path);
console.log("ok /openapi.json is valid OpenAPI 3.1");
