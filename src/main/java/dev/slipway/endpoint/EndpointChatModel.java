package dev.slipway.endpoint;

import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Continues conversations at a SageMaker endpoint whose container speaks chat completions (vLLM,
 * LMI, llama.cpp), realtime or asynchronous, with or without inference components. Thread-safe as
 * long as its client is.
 *
 * <p>How the endpoint is asked follows from its kind, the size of the request and the time there is
 * ({@link Way}): an answer that may take longer than a whole one can is streamed, also for a caller
 * who wants it whole.
 */
public final class EndpointChatModel implements ChatModel {
  private static final String JSON = "application/json";

  private final RuntimeClient client;
  private final EndpointName endpoint;
  private final Optional<String> component;
  private final boolean async;

  /**
   * Makes a model of a realtime endpoint.
   *
   * @param client sends the requests; it stays the caller's to close
   * @param component which inference component, for endpoints that host them
   */
  public EndpointChatModel(
      RuntimeClient client, EndpointName endpoint, Optional<String> component) {
    this(client, endpoint, component, false);
  }

  private EndpointChatModel(
      RuntimeClient client, EndpointName endpoint, Optional<String> component, boolean async) {
    this.client = client;
    this.endpoint = endpoint;
    this.component = component;
    this.async = async;
  }

  /**
   * Makes a model of an asynchronous endpoint.
   *
   * @param client waits for the answers ({@link AsyncRoundTrip}); it stays the caller's to close
   */
  public static EndpointChatModel async(RuntimeClient client, EndpointName endpoint) {
    return new EndpointChatModel(client, endpoint, Optional.empty(), true);
  }

  @Override
  public Reply chat(Request request) {
    return answer(request, false, text -> {});
  }

  @Override
  public Reply stream(Request request, TokenSink sink) {
    return answer(request, true, sink);
  }

  private Reply answer(Request request, boolean wanted, TokenSink sink) {
    byte[] whole = ChatBody.of(request, false);
    Reply reply =
        switch (Way.choose(async, whole.length, request.deadline().remaining(), wanted)) {
          case WHOLE -> whole(request, whole);
          case STREAMED -> streamed(invocation(request, ChatBody.of(request, true), true), sink);
          // The container makes its answer whole; what it streams would only lie in the bucket.
          case ASYNC -> streamed(invocation(request, whole, false), sink);
        };
    return reply.from(endpoint);
  }

  private Reply whole(Request request, byte[] body) {
    return WholeReply.read(endpoint, client.invoke(invocation(request, body, false)));
  }

  private Reply streamed(RuntimeClient.Invocation invocation, TokenSink sink) {
    StreamedReply reply = new StreamedReply(endpoint, sink);
    client.stream(
        invocation,
        new RuntimeClient.PartSink() {
          @Override
          public void accept(byte[] part) {
            reply.take(part);
          }

          @Override
          public void waiting(Waiting waiting) {
            sink.waiting(waiting);
          }
        });
    return reply.end();
  }

  private RuntimeClient.Invocation invocation(Request request, byte[] body, boolean stream) {
    if (request.deadline().over()) {
      throw new EndpointFailure(
          Kind.TIMEOUT,
          OptionalInt.empty(),
          "\"" + endpoint + "\" was not asked",
          "the time for this answer was over before.",
          "Try again, or allow more time (api.limits.deadline).",
          null);
    }
    return new RuntimeClient.Invocation(
        endpoint,
        component,
        JSON,
        // Containers choose the form of a stream by the body; SageMaker passes this on unchanged.
        stream ? "text/event-stream, application/jsonlines, application/json" : JSON,
        body,
        request.deadline());
  }
}
