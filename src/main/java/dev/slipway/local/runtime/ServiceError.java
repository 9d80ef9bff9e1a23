package dev.slipway.local.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.endpoint.EndpointName;
import java.util.LinkedHashMap;
import java.util.Map;

/** Answers a request with one of SageMaker Runtime's own errors, in its own words. */
final class ServiceError extends RuntimeException {
  /** Local endpoints belong to nobody's account; AWS writes ids with twelve digits. */
  static final String ACCOUNT = "000000000000";

  /** The service model's bound on a message. */
  private static final int LONGEST_MESSAGE = 2048;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final int status;
  private final String type;
  private final Map<String, Object> members;

  private ServiceError(int status, String type, Map<String, Object> members) {
    super(type + ": " + status);
    this.status = status;
    this.type = type;
    this.members = members;
  }

  private static ServiceError of(int status, String type, String message) {
    return new ServiceError(status, type, Map.of("Message", cut(message)));
  }

  static ServiceError validation(String message) {
    return of(400, "ValidationError", message);
  }

  static ServiceError constraint(String member, String constraint) {
    return validation(
        "1 validation error detected: Value at '"
            + member
            + "' failed to satisfy constraint: "
            + constraint);
  }

  static ServiceError endpointNotFound(EndpointName name) {
    return validation("Endpoint " + name + " of account " + ACCOUNT + " not found.");
  }

  static ServiceError modelNotReady(String message) {
    return of(429, "ModelNotReadyException", message);
  }

  static ServiceError unavailable(String message) {
    return of(503, "ServiceUnavailable", message);
  }

  static ServiceError internal() {
    return of(500, "InternalFailure", "An internal failure occurred.");
  }

  static ServiceError unsigned() {
    return new ServiceError(
        403,
        "MissingAuthenticationTokenException",
        Map.of("message", "Missing Authentication Token"));
  }

  static ServiceError unknownOperation() {
    return new ServiceError(404, "UnknownOperationException", Map.of());
  }

  /** Says that the container answered with an error of its own. */
  static ServiceError model(Origin origin, int originalStatus, String originalMessage) {
    String side = originalStatus >= 500 ? "server" : "client";
    return model(
        origin,
        originalStatus,
        originalMessage,
        side.equals("server") ? "SERVER_ERROR_FROM_MODEL" : "CLIENT_ERROR_FROM_MODEL",
        "Received " + side + " error (" + originalStatus + ") from primary");
  }

  /** Says that the container gave no answer; SageMaker writes 0 for its status then. */
  static ServiceError modelSilent(Origin origin, String reason) {
    return model(
        origin, 0, reason, "INTERNAL_FAILURE_FROM_MODEL", "Received server error (0) from primary");
  }

  private static ServiceError model(
      Origin origin, int status, String original, String code, String received) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("ErrorCode", code);
    members.put("LogStreamArn", origin.logs());
    members.put(
        "Message",
        cut(
            received
                + " with message \""
                + cut(original, LONGEST_MESSAGE / 2)
                + "\". See the log of endpoint "
                + origin.endpoint()
                + " (slipway logs) for more information."));
    members.put("OriginalMessage", cut(original));
    members.put("OriginalStatusCode", status);
    return new ServiceError(424, "ModelError", members);
  }

  /**
   * Which endpoint an error is of.
   *
   * @param region that the caller signed for
   */
  record Origin(EndpointName endpoint, String region) {
    String logs() {
      return "arn:aws:logs:"
          + region
          + ":"
          + ACCOUNT
          + ":log-group:/aws/sagemaker/Endpoints/"
          + endpoint;
    }
  }

  int status() {
    return status;
  }

  String type() {
    return type;
  }

  /** Returns what is told to people. */
  String message() {
    return String.valueOf(members.getOrDefault("Message", members.getOrDefault("message", type)));
  }

  byte[] json() {
    return json(members);
  }

  static byte[] json(Map<String, Object> members) {
    try {
      return JSON.writeValueAsBytes(members);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of texts and numbers are JSON", e);
    }
  }

  private static String cut(String message) {
    return cut(message, LONGEST_MESSAGE);
  }

  /** Cuts a text, but no character in two. */
  static String cut(String message, int most) {
    if (message.length() <= most) {
      return message;
    }
    return message.substring(
        0, Character.isHighSurrogate(message.charAt(most - 1)) ? most - 1 : most);
  }
}
