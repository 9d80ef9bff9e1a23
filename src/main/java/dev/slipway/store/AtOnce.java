package dev.slipway.store;

import dev.slipway.failure.Interrupted;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Asks the same of several at once, each on a virtual thread of its own. */
final class AtOnce {

  private AtOnce() {}

  /** Returns the answers in the order of what was asked; the first failure is thrown. */
  static <A, B> List<B> each(List<A> asked, Function<A, B> question) {
    if (asked.size() == 1) {
      return List.of(question.apply(asked.getFirst()));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<B>> calls =
          asked.stream().map(each -> (Callable<B>) () -> question.apply(each)).toList();
      List<Future<B>> answers = threads.invokeAll(calls);
      return answers.stream().map(AtOnce::answer).toList();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new Interrupted(
          "Stopped searching", "its time is over, or the service is stopping.", "Ask again.");
    }
  }

  private static <B> B answer(Future<B> done) {
    try {
      return done.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException own) {
        throw own;
      }
      throw new IllegalStateException(failed.getCause());
    } catch (InterruptedException impossible) {
      throw new IllegalStateException("all are done", impossible);
    }
  }
}
