package dev.slipway.standin.kernel;

/** Says what a service answers to a call that it doesn't take, in the service's own words. */
public final class AwsError extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final String text;

  /**
   * Makes an error.
   *
   * @param status of HTTP
   * @param code the service's, such as {@code ValidationError}
   */
  public AwsError(int status, String code, String text) {
    super(code + ": " + text);
    this.status = status;
    this.code = code;
    this.text = text;
  }

  /** Returns what CloudFormation and SageMaker Runtime say of a request that isn't right. */
  public static AwsError validation(String text) {
    return new AwsError(400, "ValidationError", text);
  }

  /** Returns what the JSON services say of a request that isn't right. */
  public static AwsError refused(String text) {
    return new AwsError(400, "ValidationException", text);
  }

  /** Returns the status of HTTP. */
  public int status() {
    return status;
  }

  /** Returns the service's code. */
  public String code() {
    return code;
  }

  /** Returns the service's message. */
  public String text() {
    return text;
  }
}
