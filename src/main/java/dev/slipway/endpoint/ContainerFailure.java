package dev.slipway.endpoint;

import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says what a container's own error means to the one who asked.
 *
 * <p>SageMaker wraps whatever a container answers into one ModelError (424); its original status
 * tells a request that can never work from a model that is only busy.
 */
public final class ContainerFailure {

  /** How vLLM, LMI, TGI and llama.cpp say that a prompt is too long, in lower case. */
  private static final Pattern TOO_LONG =
      Pattern.compile(
          "context (length|size|window)|maximum context|max_model_len|too many tokens|too long"
              + "|exceeds? the (model|available|context)");

  private ContainerFailure() {}

  /**
   * Returns the failure that a container's error stands for.
   *
   * @param status the container's own HTTP status, or the {@code code} of an error in mid-stream
   * @param message the container's words; they are looked at, and never repeated, because they may
   *     quote the prompt
   * @param cause must not quote the prompt either
   */
  public static EndpointFailure of(
      EndpointName endpoint, OptionalInt status, String message, @Nullable Throwable cause) {
    String said = status.isPresent() ? " (status " + status.getAsInt() + ")" : "";
    String what = "The model behind \"" + endpoint + "\" did not answer";
    return switch (kind(status, message)) {
      case INVALID_REQUEST ->
          tooLong(message)
              ? new EndpointFailure(
                  Kind.INVALID_REQUEST,
                  status,
                  what,
                  "the request does not fit the model's context window" + said + ".",
                  "Send fewer or shorter messages, or ask for fewer tokens (max_tokens).",
                  cause)
              : new EndpointFailure(
                  Kind.INVALID_REQUEST,
                  status,
                  what,
                  "its container does not take this request" + said + ".",
                  "Compare the request's parameters with what the serving container takes.",
                  cause);
      case NOT_READY ->
          new EndpointFailure(
              Kind.NOT_READY,
              status,
              what,
              "its container is loading or busy" + said + ".",
              "Try again in a moment; `slipway status` says how the endpoint is.",
              cause);
      case TIMEOUT ->
          new EndpointFailure(
              Kind.TIMEOUT,
              status,
              what,
              "its container ran out of time" + said + ".",
              "Try again, or ask for fewer tokens (max_tokens).",
              cause);
      case NOT_FOUND, MODEL_ERROR, UNAVAILABLE, DENIED, MALFORMED ->
          new EndpointFailure(
              Kind.MODEL_ERROR,
              status,
              what,
              "its container failed" + said + ".",
              "`slipway logs` shows what the container said.",
              cause);
    };
  }

  private static Kind kind(OptionalInt status, String message) {
    return switch (status.orElse(0)) {
      case 400, 413, 415, 422 -> Kind.INVALID_REQUEST;
      case 408, 504 -> Kind.TIMEOUT;
      case 429, 503 -> Kind.NOT_READY;
      case 0 -> tooLong(message) ? Kind.INVALID_REQUEST : Kind.MODEL_ERROR;
      default -> Kind.MODEL_ERROR;
    };
  }

  private static boolean tooLong(String message) {
    return TOO_LONG.matcher(message.toLowerCase(Locale.ROOT)).find();
  }
}
