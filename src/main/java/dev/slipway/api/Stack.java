package dev.slipway.api;

/** The stack of an exception without its words, which may quote what a caller sent. */
final class Stack extends RuntimeException {
  private Stack(String message, StackTraceElement[] trace) {
    super(message, null, false, true);
    setStackTrace(trace);
  }

  /** Returns an exception of the same class and stack, and of the same causes. */
  static Stack of(Throwable original) {
    StringBuilder classes = new StringBuilder(original.getClass().getName());
    Throwable deepest = original;
    // Bounded: causes can form a ring.
    for (int i = 0; i < 10 && deepest.getCause() != null; i++) {
      deepest = deepest.getCause();
      classes.append(", caused by ").append(deepest.getClass().getName());
    }
    return new Stack(classes.toString(), deepest.getStackTrace());
  }
}
