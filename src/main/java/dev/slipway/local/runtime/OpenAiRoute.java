package dev.slipway.local.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.endpoint.Deadline;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.local.loopback.CallerWatch;
import dev.slipway.local.runtime.HostedEndpoints.Hosted;
import dev.slipway.local.runtime.ServiceError.Origin;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Answers {@code /endpoints/NAME[/inference-components/IC]/openai/v1/chat/completions}: the body
 * goes to the container as it is, the answer comes back as it is. Thread-safe.
 */
final class OpenAiRoute {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BUFFER_BYTES = 64 * 1024;

  private final InvocationReader reader;
  private final ContainerClient containers;
  private final RuntimeLimits limits;

  OpenAiRoute(InvocationReader reader, ContainerClient containers, RuntimeLimits limits) {
    this.reader = reader;
    this.containers = containers;
    this.limits = limits;
  }

  void answer(
      String endpoint,
      Optional<String> component,
      ServerRequest request,
      ServerResponse response,
      CallerWatch.Caller caller)
      throws IOException {
    if (request
        .headers()
        .first(HeaderNames.AUTHORIZATION)
        .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7) && value.length() > 7)
        .isEmpty()) {
      throw new OpenAiError(
          401, "invalid_request_error", "You didn't provide a bearer token.", "invalid_api_key");
    }
    try {
      EndpointName name = InvocationReader.name(endpoint);
      component.ifPresent(InvocationReader::checkComponent);
      Hosted hosted = reader.ready(name, component);
      byte[] body = reader.body(request);
      boolean stream = wantsStream(body);
      try (ContainerClient.Answer answer =
          containers.ask(
              hosted.container(),
              headers(component, stream),
              BodyPublishers.ofByteArray(body),
              Deadline.in(stream ? limits.streamed() : limits.whole()),
              caller)) {
        pass(answer, response, InvocationReader.origin(name, request));
      } catch (ContainerFailure e) {
        throw Invocations.error(e, InvocationReader.origin(name, request));
      }
    } catch (ServiceError e) {
      throw OpenAiError.of(e);
    }
  }

  private static Map<String, String> headers(Optional<String> component, boolean stream) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("Accept", stream ? "text/event-stream" : "application/json");
    component.ifPresent(name -> headers.put(InvocationHeaders.COMPONENT, name));
    return headers;
  }

  private static boolean wantsStream(byte[] body) {
    try {
      JsonNode document = JSON.readTree(body);
      if (document != null && document.isObject()) {
        return document.path("stream").asBoolean(false);
      }
    } catch (JsonProcessingException e) {
      // Told below, without the parser's words: they quote the prompt.
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    }
    throw new OpenAiError(
        400, "invalid_request_error", "The body must be a JSON object.", "invalid_json");
  }

  private static void pass(ContainerClient.Answer answer, ServerResponse response, Origin origin)
      throws IOException {
    if (!answer.successful()) {
      String message = Invocations.message(answer, origin);
      throw new OpenAiError(
          answer.status() >= 500 ? 502 : answer.status(),
          answer.status() >= 500 ? "server_error" : "invalid_request_error",
          ownMessage(message).orElse(ServiceError.cut(message, 2048)),
          "model_error");
    }
    response.header(HeaderNames.CONTENT_TYPE, Invocations.contentType(answer));
    response.status(Status.OK_200);
    InputStream body = answer.body();
    byte[] bytes = new byte[BUFFER_BYTES];
    int count = body.read(bytes);
    try (OutputStream out = response.outputStream()) {
      for (; count >= 0; count = body.read(bytes)) {
        out.write(bytes, 0, count);
        out.flush();
        answer.callerTellsItself();
      }
    } catch (ContainerFailure e) {
      // An answer that has begun can only be cut off, so that nobody takes it for whole.
      throw new CloseConnectionException("The container's answer is incomplete", e);
    }
  }

  /** Containers that speak OpenAI's protocol wrap their message already. */
  private static Optional<String> ownMessage(String body) {
    try {
      JsonNode message = JSON.readTree(body).at("/error/message");
      return message.isTextual() ? Optional.of(message.asText()) : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** Refuses a request in OpenAI's shape. */
  static final class OpenAiError extends RuntimeException {
    private final int status;
    private final String type;
    private final String told;
    private final String code;

    OpenAiError(int status, String type, String told, String code) {
      super(code);
      this.status = status;
      this.type = type;
      this.told = told;
      this.code = code;
    }

    static OpenAiError of(ServiceError error) {
      return new OpenAiError(
          error.status(),
          error.status() >= 500 ? "server_error" : "invalid_request_error",
          error.message(),
          error.type());
    }

    int status() {
      return status;
    }

    byte[] json() {
      ObjectNode error = JSON.createObjectNode();
      error.put("message", told).put("type", type).putNull("param").put("code", code);
      return ServiceError.json(Map.of("error", error));
    }
  }
}
