package dev.slipway.local;

import dev.slipway.endpoint.ContainerFailure;
import dev.slipway.endpoint.Deadline;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import dev.slipway.failure.Interrupted;
import dev.slipway.local.runtime.HostedEndpoints.Hosted;
import dev.slipway.local.runtime.HostedEndpoints.Status;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a container beside this process itself, with no SageMaker Runtime between. Thread-safe.
 *
 * <p>An answer that is given up closes its connection, which is how the container learns that
 * nobody reads on.
 */
final class ContainerRuntimeClient implements RuntimeClient {
  private static final Duration CONNECT = Duration.ofSeconds(2);

  /** What is looked at of an error's words; it is never repeated. */
  private static final int MAX_ERROR_BYTES = 16_384;

  private static final int PART_BYTES = 8192;

  private final Supplier<Hosted> container;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

  /**
   * Makes a client.
   *
   * @param container says where it is, and whether it can be asked now
   */
  ContainerRuntimeClient(Supplier<Hosted> container) {
    this.container = container;
  }

  @Override
  public byte[] invoke(Invocation invocation) {
    try (Answer answer = ask(invocation)) {
      return answer.body().readAllBytes();
    } catch (IOException e) {
      throw broken(invocation, e);
    }
  }

  @Override
  public void stream(Invocation invocation, PartSink sink) {
    try (Answer answer = ask(invocation)) {
      byte[] part = new byte[PART_BYTES];
      int read = answer.body().read(part);
      while (read >= 0) {
        sink.accept(Arrays.copyOf(part, read));
        read = answer.body().read(part);
      }
      if (invocation.deadline().over()) {
        // The deadline closes the body, which some reads take for its end.
        throw late(null);
      }
    } catch (IOException e) {
      throw broken(invocation, e);
    }
  }

  private Answer ask(Invocation invocation) throws IOException {
    Hosted now = container.get();
    if (now.status() != Status.IN_SERVICE) {
      throw failure(
          Kind.NOT_READY,
          "it is starting" + now.reason().map(why -> " (" + why + ").").orElse("."),
          "Try again in a moment; `slipway logs` shows what it says.",
          null);
    }
    HttpRequest request =
        HttpRequest.newBuilder(now.container().resolve("/invocations"))
            .timeout(atLeastAMoment(invocation.deadline()))
            .header("Content-Type", invocation.contentType())
            .header("Accept", invocation.accept())
            .POST(HttpRequest.BodyPublishers.ofByteArray(invocation.body()))
            .build();
    HttpResponse<InputStream> response;
    try {
      response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted(
          "Stopped waiting for the embedded engine",
          "its time is over, or the service is stopping.",
          "Ask again.");
    }
    if (response.statusCode() / 100 != 2) {
      try (InputStream body = response.body()) {
        String said = new String(body.readNBytes(MAX_ERROR_BYTES), StandardCharsets.UTF_8);
        throw ContainerFailure.of(
            invocation.endpoint(), OptionalInt.of(response.statusCode()), said, null);
      }
    }
    return new Answer(response.body(), invocation.deadline());
  }

  /** An answer under way, which its deadline closes. */
  private static final class Answer implements AutoCloseable {
    private final InputStream body;
    private final Thread bound;

    Answer(InputStream body, Deadline deadline) {
      this.body = body;
      this.bound = Thread.ofVirtual().name("deadline").start(() -> closeAt(deadline));
    }

    InputStream body() {
      return body;
    }

    private void closeAt(Deadline deadline) {
      try {
        Thread.sleep(deadline.remaining());
        body.close();
      } catch (InterruptedException | IOException e) {
        // Answered in time, or closed already.
        return;
      }
    }

    @Override
    public void close() throws IOException {
      bound.interrupt();
      body.close();
    }
  }

  private static Duration atLeastAMoment(Deadline deadline) {
    Duration left = deadline.remaining();
    return left.isZero() ? Duration.ofMillis(1) : left;
  }

  private static EndpointFailure broken(Invocation invocation, IOException cause) {
    if (cause instanceof HttpTimeoutException || invocation.deadline().over()) {
      return late(cause);
    }
    return failure(
        Kind.UNAVAILABLE,
        "its process ended, or can't be reached.",
        "It is started again; `slipway logs` shows what it said.",
        cause);
  }

  private static EndpointFailure late(@Nullable IOException cause) {
    return failure(
        Kind.TIMEOUT,
        "the time for this answer was over first.",
        "Try again, ask for fewer tokens (max_tokens), or allow more time (api.limits.deadline).",
        cause);
  }

  private static EndpointFailure failure(
      Kind kind, String why, String next, @Nullable IOException cause) {
    return new EndpointFailure(
        kind, OptionalInt.empty(), "The embedded engine did not answer", why, next, cause);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
