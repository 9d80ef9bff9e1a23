package dev.slipway.rag.retrieval;

import dev.slipway.failure.Failure;
import dev.slipway.failure.Interrupted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs work on threads of its own, and waits no longer than it may. */
final class SideBySide {
  private SideBySide() {}

  /** What became of a piece of work. */
  sealed interface Outcome<T> {
    /** It was done in time. */
    record Done<T>(T value) implements Outcome<T> {}

    /** It failed. */
    record Failed<T>(Throwable cause) implements Outcome<T> {}

    /** It was not done in time, and is stopped. */
    record Late<T>() implements Outcome<T> {}

    /** Says in a few words why there is no value; never what a failure quotes. */
    default String why() {
      return switch (this) {
        case Done<T> _ -> "";
        case Failed<T>(Failure failure) -> "it failed: " + failure.code();
        case Failed<T>(Throwable cause) -> "it failed: " + cause.getClass().getSimpleName();
        case Late<T> _ -> "it took too long";
      };
    }
  }

  /**
   * Runs all at once; returns what became of each, in their order, after at most the given time.
   *
   * @throws Interrupted if the caller's thread is interrupted while it waits
   */
  static <T> List<Outcome<T>> run(List<Callable<T>> work, Duration time) {
    // Not closed: that would wait for native code, which no interrupt stops.
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    try {
      List<Outcome<T>> outcomes = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(work, time.toNanos(), TimeUnit.NANOSECONDS)) {
        outcomes.add(outcome(each));
      }
      return outcomes;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted(
          "Stopped the search for passages",
          "its time is over, or the service is stopping.",
          "Ask again.");
    } finally {
      threads.shutdownNow();
    }
  }

  /** Runs one piece of work, for at most the given time. */
  static <T> Outcome<T> run(Callable<T> work, Duration time) {
    return run(List.of(work), time).getFirst();
  }

  private static <T> Outcome<T> outcome(Future<T> ended) {
    return switch (ended.state()) {
      case SUCCESS -> new Outcome.Done<>(ended.resultNow());
      case FAILED -> new Outcome.Failed<>(ended.exceptionNow());
      case CANCELLED, RUNNING -> new Outcome.Late<>();
    };
  }
}
