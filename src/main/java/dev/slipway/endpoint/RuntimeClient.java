package dev.slipway.endpoint;

import java.util.Optional;

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

  @Override
  void close();
}
