package dev.slipway.cli;

import dev.slipway.failure.OperationFailed;
import dev.slipway.local.DeploymentState;
import dev.slipway.local.StateFolder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Stops the process that runs a deployment: asks, waits, and only then insists. */
final class Stopping {
  /** A service drains for under 30 s; then nothing that is still there will end by itself. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration AFTER_KILL = Duration.ofSeconds(5);

  private Stopping() {}

  /**
   * Stops whatever runs the deployment.
   *
   * @return whether something ran
   */
  static boolean stop(StateFolder folder) {
    if (!folder.held()) {
      markStopped(folder);
      return false;
    }
    Optional<ProcessHandle> runner = folder.holder();
    runner.ifPresent(ProcessHandle::destroy);
    if (!released(folder, PATIENCE)) {
      runner.ifPresent(ProcessHandle::destroyForcibly);
      if (!released(folder, AFTER_KILL)) {
        throw new OperationFailed(
            "not_stopped",
            "Cannot stop the deployment in " + folder.path(),
            "a process holds it that does not end",
            "Find it with `fuser " + folder.path().resolve("run.lock") + "` and end it.");
      }
    }
    // The lock is free a moment before the process is gone; "stopped" means that it is gone.
    runner.ifPresent(Stopping::awaitEnd);
    markStopped(folder);
    return true;
  }

  private static void markStopped(StateFolder folder) {
    folder
        .read()
        .filter(state -> state.phase() != DeploymentState.Phase.STOPPED)
        .ifPresent(state -> folder.write(state.in(DeploymentState.Phase.STOPPED, "")));
  }

  private static void awaitEnd(ProcessHandle process) {
    try {
      process.onExit().get(AFTER_KILL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
    } catch (ExecutionException e) {
      throw new IllegalStateException("waiting for a process can't fail", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean released(StateFolder folder, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (folder.held()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(20_000_000);
    }
    return true;
  }
}
