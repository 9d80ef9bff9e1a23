package dev.slipway.rag.check;

import dev.slipway.endpoint.ChatModel;

/** Holds the answers of a model to the checks. Thread-safe if the model is. */
final class CheckedModel implements ChatModel {
  private final ChatModel model;
  private final ContentChecks checks;

  CheckedModel(ChatModel model, ContentChecks checks) {
    this.model = model;
    this.checks = checks;
  }

  @Override
  public Reply chat(Request request) {
    Reply reply = model.chat(request);
    if (checks.output().foundIn(reply.text())) {
      throw ContentChecks.withheld();
    }
    return redacted(reply);
  }

  @Override
  public Reply stream(Request request, TokenSink sink) {
    CheckedStream stream = new CheckedStream(checks, sink);
    Reply reply = model.stream(request, stream);
    stream.end();
    return redacted(reply);
  }

  private Reply redacted(Reply reply) {
    return reply.saying(checks.redacted(reply.text()));
  }
}
