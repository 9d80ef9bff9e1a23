package dev.slipway.aws.wire;

import dev.slipway.endpoint.Deadline;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Closes one connection whose exchange has outlived its deadline, or on which nothing has come for
 * too long. A virtual thread that waits with a time limit of its own wakes another thread for each
 * wait; one alarm for a whole exchange costs nothing like it. Thread-safe.
 */
final class Expiry {
  private final Clock clock;
  private final Supplier<Duration> silence;
  private final Runnable close;
  private Optional<Future<?>> alarm = Optional.empty();
  private Optional<Exchange> current = Optional.empty();
  private boolean expired;

  /** What alarms are set on. */
  static final class Clock implements AutoCloseable {
    private static final Duration TICK = Duration.ofSeconds(1);

    private final ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("slipway-runtime-expiry").factory());
    private boolean ticks;

    Clock() {
      timer.setRemoveOnCancelPolicy(true);
    }

    private synchronized Optional<Future<?>> set(Runnable task, Duration after) {
      if (timer.isShutdown()) {
        return Optional.empty();
      }
      if (!ticks) {
        ticks = true;
        // Something is always due before a new alarm is: so to set one wakes no thread.
        var unused = timer.scheduleAtFixedRate(() -> {}, 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
      }
      return Optional.of(timer.schedule(task, after.toNanos(), TimeUnit.NANOSECONDS));
    }

    @Override
    public synchronized void close() {
      timer.shutdownNow();
    }
  }

  /**
   * Makes one.
   *
   * @param silence says how long nothing has come
   * @param close closes the connection, and wakes who waits in it
   */
  Expiry(Clock clock, Supplier<Duration> silence, Runnable close) {
    this.clock = clock;
    this.silence = silence;
    this.close = close;
  }

  /** Begins an exchange. */
  synchronized void begin(Deadline deadline, Duration patience) {
    end();
    Exchange exchange = new Exchange(deadline, patience);
    Duration left = deadline.remaining();
    alarm = clock.set(exchange::look, left.compareTo(patience) < 0 ? left : patience);
    current = Optional.of(exchange);
  }

  /** One exchange; an alarm that was too late to be called off finds another, or none. */
  private final class Exchange {
    private final Deadline deadline;
    private final Duration patience;

    Exchange(Deadline deadline, Duration patience) {
      this.deadline = deadline;
      this.patience = patience;
    }

    void look() {
      synchronized (Expiry.this) {
        if (current.filter(exchange -> exchange == this).isEmpty()) {
          return;
        }
        Duration left = deadline.remaining();
        Duration quiet = patience.minus(silence.get());
        Duration next = left.compareTo(quiet) < 0 ? left : quiet;
        if (next.isPositive()) {
          alarm = clock.set(this::look, next);
          return;
        }
        expired = true;
      }
      close.run();
    }
  }

  /** Ends the exchange. */
  synchronized void end() {
    alarm.ifPresent(set -> set.cancel(false));
    alarm = Optional.empty();
    current = Optional.empty();
  }

  /** Returns what a failure of the connection was: the end of the time, if that closed it. */
  synchronized IOException timed(IOException failure) {
    if (!expired) {
      return failure;
    }
    SocketTimeoutException timeout = new SocketTimeoutException("the time was over");
    timeout.initCause(failure);
    return timeout;
  }
}
