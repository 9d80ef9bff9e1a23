package dev.slipway.endpoint;

import dev.slipway.catalog.HostingLimit;
import dev.slipway.catalog.HostingLimits;
import dev.slipway.failure.UsageFailure;
import java.time.Duration;

/** How an endpoint is asked. */
public enum Way {
  /** The answer comes whole, within a minute. */
  WHOLE,
  /** The answer comes in parts, and may take several minutes. */
  STREAMED,
  /** Request and answer go through a bucket, and may be large and slow. */
  ASYNC;

  /**
   * Chooses.
   *
   * @param async whether the endpoint is of that kind; such ones take nothing else
   * @param bytes of the body
   * @param deadline how long the answer may take
   * @param wanted whether the caller would like to see the answer as it is made
   * @throws UsageFailure if there is no way for so large a body or so late an answer
   */
  public static Way choose(boolean async, long bytes, Duration deadline, boolean wanted) {
    if (async) {
      within(bytes, HostingLimits.ASYNC_INPUT, "an asynchronous endpoint");
      return ASYNC;
    }
    within(bytes, HostingLimits.BODY, "a realtime endpoint");
    return wanted || deadline.compareTo(HostingLimits.WHOLE_ANSWER.duration()) > 0
        ? STREAMED
        : WHOLE;
  }

  private static void within(long bytes, HostingLimit limit, String who) {
    if (bytes > limit.value()) {
      throw new UsageFailure(
          "Cannot send " + bytes + " bytes",
          who + " takes at most " + limit.value() + " (" + limit.source() + ").",
          who.startsWith("a realtime")
              ? "Send less, or deploy it with endpoint.kind: async, which takes 1 GiB."
              : "Send less.");
    }
  }
}
