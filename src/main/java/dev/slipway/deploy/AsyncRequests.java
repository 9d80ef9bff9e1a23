package dev.slipway.deploy;

import dev.slipway.endpoint.EndpointName;
import java.time.Duration;

/** Begins asynchronous requests ({@code InvokeEndpointAsync}). */
@FunctionalInterface
public interface AsyncRequests {

  /**
   * Where the answer will be; one of the two appears.
   *
   * @param output {@code s3://} address of the answer
   * @param failure {@code s3://} address of the container's error; empty where it isn't said
   */
  record Places(String output, String failure) {}

  /**
   * Begins a request.
   *
   * @param input {@code s3://} address of its body, JSON
   * @param timeout how long the container may take
   * @throws dev.slipway.failure.EndpointFailure if it isn't taken
   */
  Places begin(EndpointName endpoint, String input, Duration timeout);
}
