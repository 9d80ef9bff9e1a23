package dev.slipway.local.runtime;

import dev.slipway.catalog.HostingLimits;
import dev.slipway.manifest.EndpointSpec;
import java.time.Duration;

/**
 * Says what the local runtime takes and how long it waits.
 *
 * @param bodyBytes of a request, and of a whole answer
 * @param whole until a whole answer is there
 * @param streamed until a streamed answer has ended
 * @param asyncAnswer until an asynchronous answer is there, where the request doesn't say
 * @param asyncWorkers how many asynchronous requests are worked on at once
 * @param asyncWaiting how many may wait
 */
public record RuntimeLimits(
    long bodyBytes,
    Duration whole,
    Duration streamed,
    Duration asyncAnswer,
    int asyncWorkers,
    int asyncWaiting) {

  /** Checks that each is more than nothing. */
  public RuntimeLimits {
    if (bodyBytes < 1
        || asyncWorkers < 1
        || asyncWaiting < 1
        || !whole.isPositive()
        || !streamed.isPositive()
        || !asyncAnswer.isPositive()) {
      throw new IllegalArgumentException("every limit must be positive");
    }
  }

  /**
   * Returns SageMaker's limits. Of its two for the body it is the smaller: what passes here then
   * passes there, whichever holds. Four workers and 1,000 waiting are this server's own choice.
   */
  public static RuntimeLimits defaults() {
    return new RuntimeLimits(
        HostingLimits.BODY.value(),
        HostingLimits.WHOLE_ANSWER.duration(),
        HostingLimits.STREAMED_ANSWER.duration(),
        HostingLimits.ASYNC_ANSWER.duration(),
        4,
        1000);
  }

  /** Returns this with other times for whole and streamed answers. */
  RuntimeLimits withTimes(Duration whole, Duration streamed) {
    return new RuntimeLimits(bodyBytes, whole, streamed, asyncAnswer, asyncWorkers, asyncWaiting);
  }

  /** Returns SageMaker's limits, and what the manifest says of asynchronous requests. */
  public static RuntimeLimits of(EndpointSpec endpoint) {
    RuntimeLimits usual = defaults();
    return switch (endpoint) {
      case EndpointSpec.Realtime _ -> usual;
      case EndpointSpec.Async async ->
          new RuntimeLimits(
              usual.bodyBytes,
              usual.whole,
              usual.streamed,
              async.timeout(),
              async.concurrency(),
              usual.asyncWaiting);
    };
  }

  /** Returns this with another bound on bodies. */
  RuntimeLimits withBodyBytes(long bytes) {
    return new RuntimeLimits(bytes, whole, streamed, asyncAnswer, asyncWorkers, asyncWaiting);
  }
}
