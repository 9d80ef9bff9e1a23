package dev.slipway.standin;

import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import dev.slipway.standin.kernel.AwsError;
import dev.slipway.standin.kernel.ConnectionLost;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** SageMaker Runtime over a simulation. Thread-safe. */
final class FakeRuntime implements RuntimeClient {
  private final CloudSimulation simulation;

  FakeRuntime(CloudSimulation simulation) {
    this.simulation = simulation;
  }

  @Override
  public byte[] invoke(Invocation invocation) {
    return call(
        invocation,
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
            invocation,
            "InvokeEndpointWithResponseStream",
            () ->
                simulation.runtime().stream(
                    invocation.endpoint(), invocation.component(), invocation.body()));
    parts.forEach(sink::accept);
  }

  @Override
  public void close() {}

  private <T> T call(Invocation invocation, String operation, Supplier<T> body) {
    try {
      return simulation.call(operation, body);
    } catch (ConnectionLost e) {
      throw failure(invocation, Kind.UNAVAILABLE, e.getMessage() + ".", e);
    } catch (AwsError e) {
      throw failure(invocation, kind(e), e.text(), e);
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
      Invocation invocation, Kind kind, String why, Throwable cause) {
    return new EndpointFailure(
        kind,
        OptionalInt.empty(),
        "\"" + invocation.endpoint() + "\" did not answer",
        why,
        "Try again.",
        cause);
  }
}
