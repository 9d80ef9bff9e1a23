"""The validated work of the service's pass-through chat, in FastAPI: key, limits, body, upstream, trace.

It asks the stub by OpenAI's protocol without a signature, which the service has to make: that is in its favour.
"""
import asyncio
import hashlib
import json
import os
import sqlite3
import time
import uuid
from typing import Literal, Optional

import httpx
from fastapi import Depends, FastAPI, Header, HTTPException, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

STUB = os.environ["STUB"] + "/v1/chat/completions"
KEYS = {hashlib.sha256(os.environ["KEY"].encode()).hexdigest()}
PER_MINUTE = 1_000_000


class Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant"]
    content: Optional[str] = None


class StreamOptions(BaseModel):
    include_usage: Optional[bool] = None


class ChatRequest(BaseModel):
    model: str
    messages: list[Message] = Field(min_items=1)
    temperature: Optional[float] = Field(None, ge=0, le=2)
    top_p: Optional[float] = Field(None, gt=0, le=1)
    max_tokens: Optional[int] = Field(None, ge=1)
    stop: Optional[list[str]] = None
    stream: bool = False
    stream_options: Optional[StreamOptions] = None


class Usage(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class AnswerMessage(BaseModel):
    role: str
    content: str


class Choice(BaseModel):
    index: int
    message: AnswerMessage
    finish_reason: str


class ChatAnswer(BaseModel):
    id: str
    object: str
    created: int
    model: str
    choices: list[Choice]
    usage: Optional[Usage]


class Allowances:
    def __init__(self):
        self.window, self.count = 0, 0

    def take(self, response: Response):
        window = int(time.time() // 60)
        if window != self.window:
            self.window, self.count = window, 0
        self.count += 1
        if self.count > PER_MINUTE:
            raise HTTPException(429, "Too many requests")
        response.headers["x-ratelimit-limit-requests"] = str(PER_MINUTE)
        response.headers["x-ratelimit-remaining-requests"] = str(PER_MINUTE - self.count)


class Traces:
    """Rows in SQLite, written by batches beside the answers."""

    def __init__(self):
        self.rows = []

    async def write(self):
        base = sqlite3.connect(os.environ["TRACES"], check_same_thread=False)
        base.execute("pragma journal_mode=wal")
        base.execute("pragma synchronous=normal")
        base.execute("create table if not exists trace (id text, time real, prompt text, answer text, tokens int)")
        while True:
            await asyncio.sleep(0.1)
            rows, self.rows = self.rows, []
            if rows:
                await asyncio.get_running_loop().run_in_executor(None, self.insert, base, rows)

    @staticmethod
    def insert(base, rows):
        base.executemany("insert into trace values (?, ?, ?, ?, ?)", rows)
        base.commit()


app = FastAPI()
allowances, traces = Allowances(), Traces()


@app.on_event("startup")
async def start():
    app.state.client = httpx.AsyncClient(limits=httpx.Limits(max_connections=512, max_keepalive_connections=512), timeout=70)
    app.state.writer = asyncio.create_task(traces.write())


def caller(response: Response, authorization: str = Header("")):
    if hashlib.sha256(authorization.removeprefix("Bearer ").encode()).hexdigest() not in KEYS:
        raise HTTPException(401, "No such key")
    allowances.take(response)


@app.post("/v1/chat/completions", response_model=ChatAnswer, dependencies=[Depends(caller)])
async def chat(request: ChatRequest):
    if request.model != "bench":
        raise HTTPException(404, "No such model")
    body = request.dict(exclude_none=True)
    prompt = json.dumps(body["messages"])
    if request.stream:
        return StreamingResponse(relay(body, prompt), media_type="text/event-stream")
    reply = await app.state.client.post(STUB, json=body)
    reply.raise_for_status()
    answer = ChatAnswer(**reply.json())
    traces.rows.append((uuid.uuid4().hex, time.time(), prompt, answer.choices[0].message.content, answer.usage.completion_tokens))
    return answer


async def relay(body, prompt):
    text = []
    async with app.state.client.stream("POST", STUB, json=body) as reply:
        async for line in reply.aiter_lines():
            if line.startswith("data: {"):
                chunk = json.loads(line[6:])
                for choice in chunk["choices"]:
                    text.append(choice["delta"].get("content", ""))
                yield f"data: {json.dumps(chunk)}\n\n"
            elif line.startswith("data: [DONE]"):
                yield "data: [DONE]\n\n"
    traces.rows.append((uuid.uuid4().hex, time.time(), prompt, "".join(text), len(text)))
