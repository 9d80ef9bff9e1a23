package dev.slipway.endpoint;

import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Continues conversations at a SageMaker endpoint whose container speaks chat completions (vLLM,
 * LMI, llama.cpp). Thread-safe as long as its client is.
 */
public final class EndpointChatModel implements ChatModel {
  private static final String JSON = "application/json";

  private final RuntimeClient client;
  private final EndpointName endpoint;
  private final Optional<String> component;

  /**
   * Makes a model of an endpoint.
   *
   * @param client sends the requests; it stays the caller's to close
   * @param component which inference component, for endpoints that host them
   */
  public EndpointChatModel(
      RuntimeClient client, EndpointName endpoint, Optional<String> component) {
    this.client = client;
    this.endpoint = endpoint;
    this.component = component;
  }

  @Override
  public Reply chat(Request request) {
    return WholeReply.read(endpoint, client.invoke(invocation(request, false)));
  }

  @Override
  public Reply stream(Request request, TokenSink sink) {
    StreamedReply reply = new StreamedReply(endpoint, sink);
    client.stream(invocation(request, true), reply::take);
    return reply.end();
  }

  private RuntimeClient.Invocation invocation(Request request, boolean stream) {
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
        ChatBody.of(request, stream),
        request.deadline());
  }
}
