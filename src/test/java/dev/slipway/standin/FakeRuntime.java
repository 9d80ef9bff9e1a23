package dev.slipway.standin;

import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.standin.hosting.MemoryHouse;
import dev.slipway.standin.kernel.AwsError;
import dev.slipway.standin.kernel.ConnectionLost;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** SageMaker Runtime over a simulation. Thread-safe. */
final class FakeRuntime implements RuntimeClient {
  private final CloudSimulation simulation;
  private final MemoryHouse house;

  FakeRuntime(CloudSimulation simulation, MemoryHouse house) {
    this.simulation = simulation;
    this.house = house;
  }

  @Override
  public byte[] invoke(Invocation invocation) {
    return call(
        invocation.endpoint(),
        "InvokeEndpoint",
        () ->
            simulation
                .runtime()
                .invoke(invocation.endpoint(), invocation.component(), invocation.body()));
  }

  @Override
  public void stream(Invocation invocation, PartSink sink) {
    List<byte[]> parts =
        call(
            invocation.endpoint(),
            "InvokeEndpointWithResponseStream",
            () ->
                simulation.runtime().stream(
                    invocation.endpoint(), invocation.component(), invocation.body()));
    parts.forEach(sink::accept);
  }

  /** The answer, or what the container says of its failure, is there at once. */
  @Override
  public AsyncPlaces begin(AsyncInvocation invocation) {
    String[] input = invocation.input().substring("s3://".length()).split("/", 2);
    Bucket bucket = house.bucket(input[0]).orElseThrow();
    var places =
        new AsyncPlaces(invocation.input() + ".out", Optional.of(invocation.input() + ".error"));
    call(
        invocation.endpoint(),
        "InvokeEndpointAsync",
        () -> {
          byte[] body = bucket.get(input[1]).orElseThrow();
          try {
            byte[] answer =
                simulation.call(
                    "InvokeEndpoint",
                    () ->
                        simulation.runtime().invoke(invocation.endpoint(), Optional.empty(), body));
            bucket.put(input[1] + ".out", answer, "application/json");
          } catch (AwsError e) {
            bucket.put(
                input[1] + ".error", e.text().getBytes(StandardCharsets.UTF_8), "text/plain");
          }
          return places;
        });
    return places;
  }

  @Override
  public void close() {}

  private <T> T call(EndpointName endpoint, String operation, Supplier<T> body) {
    try {
      return simulation.call(operation, body);
    } catch (ConnectionLost e) {
      throw failure(endpoint, Kind.UNAVAILABLE, e.getMessage() + ".", e);
    } catch (AwsError e) {
      throw failure(endpoint, kind(e), e.text(), e);
    }
  }

  private static Kind kind(AwsError error) {
    if (error.text().contains("no capacity")) {
      return Kind.NOT_READY;
    }
    if (error.text().contains("not found")) {
      return Kind.NOT_FOUND;
    }
    return switch (error.code()) {
      case "ValidationError" -> Kind.INVALID_REQUEST;
      case "ModelError" -> Kind.MODEL_ERROR;
      case "ExpiredToken", "AccessDenied", "AccessDeniedException" -> Kind.DENIED;
      default -> Kind.UNAVAILABLE;
    };
  }

  private static EndpointFailure failure(
      EndpointName endpoint, Kind kind, String why, Throwable cause) {
    return new EndpointFailure(
        kind, OptionalInt.empty(), "\"" + endpoint + "\" did not answer", why, "Try again.", cause);
  }
}
