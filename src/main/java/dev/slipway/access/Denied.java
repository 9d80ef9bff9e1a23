package dev.slipway.access;

/** Says why a token is not taken, in words that its holder may read. */
public final class Denied extends RuntimeException {
  private final String reason;

  /**
   * Makes a refusal.
   *
   * @param reason one sentence in printable ASCII without quotation marks: it goes into a header
   */
  public Denied(String reason) {
    super(reason, null, false, false);
    this.reason = reason;
  }

  /** Returns the sentence. */
  public String reason() {
    return reason;
  }
}
