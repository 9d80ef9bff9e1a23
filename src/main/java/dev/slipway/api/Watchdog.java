package dev.slipway.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Interrupts threads that are stuck on a client: one that sends its body byte by byte, or stops
 * reading its stream. The interrupt closes the connection. Thread-safe.
 */
final class Watchdog implements AutoCloseable {
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("slipway-api-watchdog").factory());

  /** Shorter than any leash but those of tests. */
  private static final Duration TICK = Duration.ofSeconds(1);

  Watchdog() {
    timer.setRemoveOnCancelPolicy(true);
    // Something is always due before a new leash is: so to lay one on wakes no thread.
    var unused = timer.scheduleAtFixedRate(() -> {}, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Interrupts the calling thread after so long, unless the leash is closed before. */
  Leash leash(Duration length) {
    Leash leash = new Leash(Thread.currentThread());
    leash.timer = timer.schedule(leash::bite, length.toMillis(), TimeUnit.MILLISECONDS);
    return leash;
  }

  /** Holds one thread; closed by that thread. */
  static final class Leash implements AutoCloseable {
    private final Thread thread;
    private Future<?> timer = CompletableFuture.completedFuture(null);
    private boolean closed;
    private boolean bitten;
    private boolean sparing;

    private Leash(Thread thread) {
      this.thread = thread;
    }

    /** Interrupts its thread now, unless it was closed. */
    synchronized void bite() {
      if (!closed) {
        bitten = true;
        if (!sparing) {
          thread.interrupt();
        }
      }
    }

    /** Returns whether the time is over. */
    synchronized boolean bitten() {
      return bitten;
    }

    /** Does something that must not be interrupted by this leash; the interrupt comes after it. */
    void spared(Runnable work) {
      spare(true);
      try {
        work.run();
      } finally {
        spare(false);
      }
    }

    private synchronized void spare(boolean begins) {
      sparing = begins;
      if (bitten && begins) {
        Thread.interrupted();
      } else if (bitten) {
        thread.interrupt();
      }
    }

    /** Lets the thread go; an interrupt of ours does not outlive this. */
    @Override
    public synchronized void close() {
      closed = true;
      timer.cancel(false);
      if (bitten) {
        Thread.interrupted();
      }
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
