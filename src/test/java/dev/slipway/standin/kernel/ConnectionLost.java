package dev.slipway.standin.kernel;

/** Says that the caller gets no answer, whether or not the call took effect. */
public final class ConnectionLost extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Makes one. */
  public ConnectionLost(String operation) {
    super("No answer to " + operation);
  }
}
