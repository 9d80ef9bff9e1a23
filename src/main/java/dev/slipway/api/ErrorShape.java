package dev.slipway.api;

import java.util.List;
import java.util.Optional;

/** Puts a problem into the words that the clients of a route read. */
enum ErrorShape {
  /** {@code {"detail": ...}}. */
  FASTAPI,
  /** {@code {"error": {...}}}, on {@code /v1}. */
  OPENAI;

  /** Returns the shape spoken under a path. */
  static ErrorShape at(String path) {
    return path.equals("/v1") || path.startsWith("/v1/") ? OPENAI : FASTAPI;
  }

  /** Returns the status that a problem has in this shape. */
  int status(Problem problem) {
    return status(problem.status());
  }

  /** Returns the status that a status is in this shape. */
  int status(int status) {
    return this == OPENAI && status == 422 ? 400 : status;
  }

  /** Returns the body. */
  Record body(Problem problem) {
    return switch (this) {
      case FASTAPI ->
          problem.violations().isEmpty()
              ? new Detail(problem.message())
              : new ValidationErrors(problem.violations());
      case OPENAI ->
          new OpenAiError(
              new OpenAiProblem(
                  problem.message(),
                  type(problem.status()),
                  problem.parameter(),
                  Optional.of(problem.code())));
    };
  }

  /** Returns the record that a status has as its body. */
  Class<? extends Record> type(int status, boolean documented) {
    return switch (this) {
      case FASTAPI -> status == 422 && documented ? ValidationErrors.class : Detail.class;
      case OPENAI -> OpenAiError.class;
    };
  }

  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 429 -> "rate_limit_error";
      default -> status >= 500 ? "server_error" : "invalid_request_error";
    };
  }

  /** A problem that is not about the request's fields. */
  record Detail(@Field("What went wrong and what to do.") String detail) {}

  /** What is wrong with a request. */
  record ValidationErrors(List<Violation> detail) {}

  /** A problem as OpenAI's clients read it. */
  record OpenAiError(OpenAiProblem error) {}

  /** What went wrong. */
  record OpenAiProblem(
      @Field("What went wrong and what to do.") String message,
      @Field("The class of the problem.") String type,
      @Field(value = "Which parameter is wrong.", nullable = true) Optional<String> param,
      @Field(value = "A stable name of the problem.", nullable = true) Optional<String> code) {}
}
