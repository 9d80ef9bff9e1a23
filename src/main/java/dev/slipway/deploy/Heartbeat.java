package dev.slipway.deploy;

import java.time.Duration;

/** Does something again and again while other work goes on. */
@FunctionalInterface
public interface Heartbeat {

  /** Begins; closing the result ends it. */
  Beating every(Duration interval, Runnable work);

  /** What beats until it is closed. */
  @FunctionalInterface
  interface Beating extends AutoCloseable {
    @Override
    void close();
  }

  /** Beats on a thread of its own. */
  static Heartbeat real() {
    return (interval, work) -> {
      Thread thread =
          Thread.ofVirtual()
              .name("slipway-lock")
              .start(
                  () -> {
                    while (paused(interval)) {
                      work.run();
                    }
                  });
      return thread::interrupt;
    };
  }

  private static boolean paused(Duration interval) {
    try {
      Thread.sleep(interval);
      return true;
    } catch (InterruptedException ended) {
      return false;
    }
  }
}
