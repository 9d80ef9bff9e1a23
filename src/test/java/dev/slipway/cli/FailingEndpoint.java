package dev.slipway.cli;

import dev.slipway.aws.RuntimeStandIn;
import dev.slipway.endpoint.Streams;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** SageMaker Runtime with an endpoint that fails as a test says, and one that is always well. */
final class FailingEndpoint implements AutoCloseable {
  /** The one that is always well; all others are as the test says. */
  static final String SPARE = "spare";

  /** How an endpoint is. */
  enum State {
    WELL,
    /** Its container answers 500. */
    MODEL_ERROR,
    /** SageMaker answers 503. */
    FAULT,
    /** There is none of that name. */
    MISSING
  }

  private final RuntimeStandIn runtime;
  private final AtomicInteger calls = new AtomicInteger();
  private final Queue<String> bodies = new ConcurrentLinkedQueue<>();
  private volatile State state = State.WELL;
  private volatile List<String> words = List.of("With one command.");
  private volatile int promptTokens = 7;

  FailingEndpoint() throws IOException {
    runtime = new RuntimeStandIn(this::answer);
  }

  URI uri() {
    return runtime.uri();
  }

  /** Says how the endpoint is from now on. */
  void is(State next) {
    state = next;
  }

  /** Says what both endpoints answer from now on. */
  void says(String... pieces) {
    words = List.of(pieces);
  }

  /** Says how many tokens a prompt has from now on. */
  void counts(int tokens) {
    promptTokens = tokens;
  }

  /** Returns how often the endpoint was asked. */
  int calls() {
    return calls.get();
  }

  /** Returns what both were sent since this was last asked. */
  String sent() {
    String all = String.join("\n", bodies);
    bodies.clear();
    return all;
  }

  private void answer(RuntimeStandIn.Call call) throws IOException {
    bodies.add(new String(call.body(), StandardCharsets.UTF_8));
    boolean spare = call.exchange().getRequestURI().getPath().contains("/endpoints/" + SPARE + "/");
    if (!spare) {
      calls.incrementAndGet();
    }
    switch (spare ? State.WELL : state) {
      case WELL -> well(call);
      case MODEL_ERROR ->
          call.error(424, "ModelError", "{\"OriginalStatusCode\": 500, \"Message\": \"broken\"}");
      case FAULT -> call.error(503, "ServiceUnavailable", "{\"Message\": \"later\"}");
      case MISSING ->
          call.error(
              400,
              "ValidationError",
              "{\"Message\": \"Endpoint first of account 123456789012 not found.\"}");
    }
  }

  private void well(RuntimeStandIn.Call call) throws IOException {
    if (call.streamed()) {
      OutputStream stream = call.stream();
      for (String word : words) {
        RuntimeStandIn.part(stream, Streams.bytes(Streams.chunk(word)));
      }
      RuntimeStandIn.part(stream, Streams.bytes(Streams.ending()));
    } else {
      String whole = new String(Streams.completion(String.join("", words)), StandardCharsets.UTF_8);
      call.whole(Streams.bytes(whole.replace("\"prompt_tokens\":7", tokens())));
    }
  }

  private String tokens() {
    return "\"prompt_tokens\":" + promptTokens;
  }

  @Override
  public void close() {
    runtime.close();
  }
}
