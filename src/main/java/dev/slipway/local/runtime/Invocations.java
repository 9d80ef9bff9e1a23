package dev.slipway.local.runtime;

import dev.slipway.endpoint.Deadline;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.local.loopback.CallerWatch;
import dev.slipway.local.runtime.HostedEndpoints.Hosted;
import dev.slipway.local.runtime.ServiceError.Origin;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Answers {@code InvokeEndpoint} and {@code InvokeEndpointWithResponseStream}. Thread-safe. */
final class Invocations {
  /** The service model's bound on OriginalMessage, in UTF-8 at its longest. */
  private static final int LONGEST_ERROR_BYTES = 4 * 2048;

  private static final int BUFFER_BYTES = 64 * 1024;

  private final InvocationReader reader;
  private final ContainerClient containers;
  private final RuntimeLimits limits;

  Invocations(InvocationReader reader, ContainerClient containers, RuntimeLimits limits) {
    this.reader = reader;
    this.containers = containers;
    this.limits = limits;
  }

  /** Answers whole. */
  void whole(
      EndpointName name, ServerRequest request, ServerResponse response, CallerWatch.Caller caller)
      throws IOException {
    Origin origin = InvocationReader.origin(name, request);
    Optional<String> accept = InvocationReader.header(request, "Accept");
    try (ContainerClient.Answer answer =
        ask(name, request, accept, limits.whole(), caller, origin)) {
      byte[] body = read(answer, limits.bodyBytes() + 1, origin);
      if (body.length > limits.bodyBytes()) {
        throw ServiceError.modelSilent(
            origin, "the answer is longer than " + limits.bodyBytes() + " bytes");
      }
      pass(answer, response);
      response.header(HeaderNames.CONTENT_TYPE, contentType(answer));
      response.send(body);
    }
  }

  /** Answers part by part: each goes out as it comes in, in one event. */
  void streamed(
      EndpointName name, ServerRequest request, ServerResponse response, CallerWatch.Caller caller)
      throws IOException {
    Origin origin = InvocationReader.origin(name, request);
    Optional<String> accept = InvocationReader.header(request, InvocationHeaders.ACCEPT);
    try (ContainerClient.Answer answer =
        ask(name, request, accept, limits.streamed(), caller, origin)) {
      pass(answer, response);
      response.header(HeaderNames.create(InvocationHeaders.CONTENT_TYPE), contentType(answer));
      response.header(HeaderNames.CONTENT_TYPE, EventStream.CONTENT_TYPE);
      InputStream body = answer.body();
      byte[] bytes = new byte[BUFFER_BYTES];
      try (OutputStream out = response.outputStream()) {
        try {
          for (int count = body.read(bytes); count >= 0; count = body.read(bytes)) {
            EventStream.part(bytes, count, out);
            out.flush();
            answer.callerTellsItself();
          }
        } catch (ContainerFailure e) {
          broken(e, out);
        }
      }
    }
  }

  private static void broken(ContainerFailure failure, OutputStream out) throws IOException {
    switch (failure.reason()) {
      case LATE ->
          EventStream.modelError(
              "ModelInvocationTimeExceeded",
              "The model failed to finish sending the response within the time allowed.",
              out);
      case BROKEN ->
          EventStream.modelError(
              "StreamBroken", "The connection to the model was reset or closed.", out);
      case UNREACHABLE -> EventStream.internalFailure(out);
      case UNWANTED -> throw new CloseConnectionException("The caller is gone", failure);
    }
  }

  /** Asks the container, and turns every answer that isn't a success into SageMaker's error. */
  private ContainerClient.Answer ask(
      EndpointName name,
      ServerRequest request,
      Optional<String> accept,
      Duration time,
      CallerWatch.Caller caller,
      Origin origin)
      throws IOException {
    InvocationReader.checkVariant(request);
    Hosted hosted = reader.ready(name, InvocationReader.component(request));
    String contentType =
        InvocationReader.header(request, "Content-Type").orElse("application/octet-stream");
    Map<String, String> headers = InvocationReader.passedOn(request, contentType, accept);
    byte[] body = reader.body(request);
    ContainerClient.Answer answer;
    try {
      answer =
          containers.ask(
              hosted.container(),
              headers,
              BodyPublishers.ofByteArray(body),
              Deadline.in(time),
              caller);
    } catch (ContainerFailure e) {
      throw error(e, origin);
    }
    if (!answer.successful()) {
      try (answer) {
        throw ServiceError.model(origin, answer.status(), message(answer, origin));
      }
    }
    return answer;
  }

  static String message(ContainerClient.Answer answer, Origin origin) {
    return new String(read(answer, LONGEST_ERROR_BYTES, origin), StandardCharsets.UTF_8);
  }

  private static byte[] read(ContainerClient.Answer answer, long most, Origin origin) {
    try (InputStream body = answer.body()) {
      return body.readNBytes((int) Math.min(most, Integer.MAX_VALUE - 8));
    } catch (ContainerFailure e) {
      throw error(e, origin);
    } catch (IOException e) {
      throw ServiceError.modelSilent(origin, "the answer could not be read");
    }
  }

  /** Says in SageMaker's words why there is no answer. */
  static RuntimeException error(ContainerFailure failure, Origin origin) {
    return switch (failure.reason()) {
      case LATE ->
          ServiceError.modelSilent(
              origin,
              "Your invocation timed out while waiting for a response from container primary.");
      case BROKEN ->
          ServiceError.modelSilent(
              origin, "The container closed the connection before its answer was complete.");
      case UNREACHABLE ->
          ServiceError.unavailable(
              "The container of endpoint " + origin.endpoint() + " does not answer. Try again.");
      case UNWANTED -> new CloseConnectionException("The caller is gone", failure);
    };
  }

  private static void pass(ContainerClient.Answer answer, ServerResponse response) {
    response.header(
        HeaderNames.create(InvocationHeaders.INVOKED_VARIANT), InvocationReader.VARIANT);
    for (String name : InvocationHeaders.PASSED_BACK) {
      answer.header(name).ifPresent(value -> response.header(HeaderNames.create(name), value));
    }
  }

  static String contentType(ContainerClient.Answer answer) {
    return answer.header("Content-Type").orElse("application/octet-stream");
  }
}
