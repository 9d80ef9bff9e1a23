package dev.slipway.deploy.teardown;

import dev.slipway.deploy.DeploymentLock;
import dev.slipway.deploy.Heartbeat;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.Presence;
import dev.slipway.failure.CloudFailure;
import dev.slipway.model.mirror.Bucket;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Keeps deploys out of an environment while it is taken away, by the lock that they take
 * themselves.
 *
 * @param who asks for the caller's ARN
 * @param presence says which process this is
 * @param heartbeat keeps the lock alive
 */
public record Exclusion(Supplier<String> who, Presence presence, Heartbeat heartbeat, Pace pace) {

  /** A lock that is renewed until it is closed. */
  record Held(DeploymentLock lock, Heartbeat.Beating beating) implements AutoCloseable {
    /**
     * Makes sure that it is still held.
     *
     * @throws dev.slipway.failure.LockHeld if it was lost to another
     */
    void insist() {
      lock.insist();
    }

    @Override
    public void close() {
      beating.close();
      lock.close();
    }
  }

  /**
   * Takes the lock; absent where there is no bucket to lock in.
   *
   * @throws dev.slipway.failure.LockHeld if another holds it, and isn't known to be gone
   */
  Optional<Held> take(Bucket store, String key) {
    try {
      var lock = DeploymentLock.acquire(store, key, who.get(), presence, pace);
      return Optional.of(new Held(lock, heartbeat.every(DeploymentLock.RENEWAL, lock::renew)));
    } catch (CloudFailure failure) {
      return absent(failure);
    }
  }

  /** Returns whether somebody holds a lock who isn't known to be gone. */
  boolean held(Bucket store, String key) {
    try {
      return DeploymentLock.holder(store, key, presence, pace).isPresent();
    } catch (CloudFailure failure) {
      return absent(failure).isPresent();
    }
  }

  /** A bucket can go in one run, and its stack only in the next. */
  private static Optional<Held> absent(CloudFailure failure) {
    if (failure.kind() == CloudFailure.Kind.NOT_FOUND) {
      return Optional.empty();
    }
    throw failure;
  }
}
