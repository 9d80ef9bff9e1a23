package dev.slipway.endpoint;

import dev.slipway.failure.EndpointFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Sends bytes to an endpoint as SageMaker Runtime does. Thread-safe; calls block. */
public interface RuntimeClient extends AutoCloseable {

  /**
   * One request.
   *
   * @param endpoint which endpoint
   * @param component which inference component, for endpoints that host them
   * @param contentType of the body
   * @param accept wanted of the answer
   * @param body for the container
   * @param deadline until when the answer is of use
   */
  record Invocation(
      EndpointName endpoint,
      Optional<String> component,
      String contentType,
      String accept,
      byte[] body,
      Deadline deadline) {}

  /** Takes the parts of a streamed answer, on the caller's thread. */
  interface PartSink {
    /**
     * Takes one part: any number of bytes, cut anywhere.
     *
     * @throws RuntimeException to stop the stream; the caller of {@link #stream} gets it unchanged
     */
    void accept(byte[] part);

    /**
     * Hears, before the first part, that the answer has to wait; by default it doesn't mind.
     *
     * @throws RuntimeException to stop the waiting; the caller of {@link #stream} gets it unchanged
     */
    default void waiting(Waiting waiting) {}
  }

  /**
   * Asks for a whole answer ({@code InvokeEndpoint}).
   *
   * @return the container's body
   * @throws dev.slipway.failure.EndpointFailure if there is none
   */
  byte[] invoke(Invocation invocation);

  /**
   * Asks for a streamed answer ({@code InvokeEndpointWithResponseStream}) and returns when it has
   * ended. Whatever ends it early, the sink's failure too, closes the connection, so that the
   * container stops.
   *
   * @throws dev.slipway.failure.EndpointFailure if the answer fails, before or after its first part
   */
  void stream(Invocation invocation, PartSink sink);

  /**
   * One asynchronous request.
   *
   * @param input the {@code s3://} address of its body
   * @param contentType of the body
   * @param timeout how long the container may take, 1 s to 1 h
   */
  record AsyncInvocation(
      EndpointName endpoint, String input, String contentType, String accept, Duration timeout) {}

  /**
   * Where the answer of an asynchronous request will be: one of the two appears.
   *
   * @param output the {@code s3://} address of the answer
   * @param failure that of the container's error; absent where it isn't said
   */
  record AsyncPlaces(String output, Optional<String> failure) {}

  /**
   * Begins an asynchronous request ({@code InvokeEndpointAsync}), and doesn't wait for its answer.
   *
   * @throws dev.slipway.failure.EndpointFailure if it isn't taken; always, of clients that speak to
   *     realtime endpoints only
   */
  default AsyncPlaces begin(AsyncInvocation invocation) {
    throw new EndpointFailure(
        EndpointFailure.Kind.INVALID_REQUEST,
        OptionalInt.empty(),
        "\"" + invocation.endpoint() + "\" was not asked",
        "asynchronous requests can't be sent this way.",
        "Ask it as a realtime endpoint.",
        null);
  }

  @Override
  void close();
}
