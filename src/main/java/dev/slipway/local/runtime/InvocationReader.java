package dev.slipway.local.runtime;

import dev.slipway.endpoint.EndpointName;
import dev.slipway.local.loopback.SigV4;
import dev.slipway.local.runtime.HostedEndpoints.Hosted;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads a request to an endpoint, and refuses what SageMaker would refuse. Thread-safe. */
final class InvocationReader {
  /** Hosted endpoints have one variant; SageMaker's SDKs give it this name. */
  static final String VARIANT = "AllTraffic";

  /** The service model's shape Header, and CustomAttributesHeader. */
  private static final int LONGEST_HEADER = 1024;

  private static final Pattern COMPONENT =
      Pattern.compile("[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?");
  private static final int LONGEST_COMPONENT = 63;

  private final HostedEndpoints endpoints;
  private final RuntimeLimits limits;

  InvocationReader(HostedEndpoints endpoints, RuntimeLimits limits) {
    this.endpoints = endpoints;
    this.limits = limits;
  }

  static EndpointName name(String text) {
    try {
      return new EndpointName(text);
    } catch (IllegalArgumentException e) {
      throw ServiceError.constraint(
          "endpointName",
          "Member must satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}");
    }
  }

  static ServiceError.Origin origin(EndpointName name, ServerRequest request) {
    return new ServiceError.Origin(name, SigV4.of(request).map(SigV4::region).orElse("local"));
  }

  /** Returns an endpoint that answers now. */
  Hosted ready(EndpointName name, Optional<String> component) {
    Hosted hosted = known(name, component);
    return switch (hosted.status()) {
      case IN_SERVICE -> hosted;
      case CREATING ->
          throw ServiceError.modelNotReady(
              "Endpoint " + name + " is Creating: its model is still being loaded. Try again.");
      case UPDATING ->
          throw ServiceError.unavailable(
              "Endpoint "
                  + name
                  + " is Updating: its container is being started again. Try again.");
      case FAILED, DELETING -> throw gone(hosted);
    };
  }

  /** Returns an endpoint that answers now or may later. */
  Hosted known(EndpointName name, Optional<String> component) {
    Hosted hosted = endpoints.find(name).orElseThrow(() -> ServiceError.endpointNotFound(name));
    if (hosted.components().isEmpty() && component.isPresent()) {
      throw ServiceError.validation(
          "Inference Component Name header is not allowed for endpoint "
              + name
              + ", which hosts no inference components.");
    }
    if (!hosted.components().isEmpty() && component.isEmpty()) {
      throw ServiceError.validation(
          "Inference Component Name header is required for endpoints to which you plan to deploy"
              + " inference components. Please include Inference Component Name header or consider"
              + " using SageMaker models.");
    }
    if (component.isPresent() && !hosted.components().contains(component.get())) {
      throw ServiceError.validation(
          "Inference Component "
              + component.get()
              + " of endpoint "
              + name
              + " of account "
              + ServiceError.ACCOUNT
              + " not found.");
    }
    return hosted;
  }

  static ServiceError gone(Hosted hosted) {
    String status = hosted.status() == HostedEndpoints.Status.FAILED ? "Failed" : "Deleting";
    return ServiceError.validation(
        "Endpoint "
            + hosted.name()
            + " is "
            + status
            + hosted.reason().map(reason -> ": " + reason).orElse("."));
  }

  /** Reads the component's name, if the request has one. */
  static Optional<String> component(ServerRequest request) {
    Optional<String> component = header(request, InvocationHeaders.COMPONENT);
    component.ifPresent(InvocationReader::checkComponent);
    return component;
  }

  static void checkComponent(String name) {
    if (name.length() > LONGEST_COMPONENT || !COMPONENT.matcher(name).matches()) {
      throw ServiceError.constraint(
          "inferenceComponentName",
          "Member must satisfy regular expression pattern:"
              + " ^[a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?$");
    }
  }

  static void checkVariant(ServerRequest request) {
    Optional<String> variant = header(request, InvocationHeaders.TARGET_VARIANT);
    if (variant.isPresent() && !variant.get().equals(VARIANT)) {
      throw ServiceError.validation(
          "Variant "
              + ServiceError.cut(variant.get(), LONGEST_COMPONENT)
              + " not found for Request.");
    }
  }

  /** Returns what the container is told beside the body. */
  static Map<String, String> passedOn(
      ServerRequest request, String contentType, Optional<String> accept) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", contentType);
    accept.ifPresent(value -> headers.put("Accept", value));
    for (String name : InvocationHeaders.PASSED_ON) {
      header(request, name).ifPresent(value -> headers.put(name, value));
    }
    return headers;
  }

  static Optional<String> header(ServerRequest request, String name) {
    Optional<String> value = request.headers().first(HeaderNames.create(name));
    if (value.isPresent() && value.get().length() > LONGEST_HEADER) {
      throw ServiceError.constraint(
          name, "Member must have length less than or equal to " + LONGEST_HEADER);
    }
    if (value.isPresent() && !isPrintable(value.get())) {
      throw ServiceError.constraint(
          name, "Member must satisfy regular expression pattern: \\p{ASCII}*");
    }
    return value.filter(text -> !text.isEmpty());
  }

  /** Returns whether a text can be the value of a header, there and back. */
  static boolean isPrintable(String value) {
    return value.chars().allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\t');
  }

  /** Reads the body into memory: a time limit must not run while a slow caller still sends. */
  byte[] body(ServerRequest request) throws IOException {
    return body(request, limits.bodyBytes());
  }

  static byte[] body(ServerRequest request, long most) throws IOException {
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    HeaderName length = HeaderNames.CONTENT_LENGTH;
    if (request.headers().first(length).filter(text -> Long.parseLong(text) > most).isPresent()) {
      throw tooLarge(most);
    }
    try (InputStream body = request.content().inputStream()) {
      byte[] bytes = body.readNBytes((int) Math.min(most + 1, Integer.MAX_VALUE - 8));
      if (bytes.length > most) {
        throw tooLarge(most);
      }
      return bytes;
    }
  }

  private static ServiceError tooLarge(long most) {
    return ServiceError.constraint("body", "Member must have length less than or equal to " + most);
  }
}
