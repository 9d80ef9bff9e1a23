package dev.slipway.deploy.teardown;

import dev.slipway.model.mirror.Bucket;

/** Keeps deploys out of an environment while it is taken away. Thread-safe. */
public interface Exclusion {

  /** A lock that is held until it is closed. */
  interface Held extends AutoCloseable {
    /**
     * Makes sure that it is still held, and shows that its holder lives.
     *
     * @throws dev.slipway.failure.LockHeld if it was lost to another
     */
    void insist();

    /** Releases it; there may be nothing left to release. */
    @Override
    void close();
  }

  /**
   * Takes the lock.
   *
   * @param key of its object
   * @throws dev.slipway.failure.LockHeld if another holds it, and isn't known to be gone
   */
  Held take(Bucket store, String key);

  /** Returns whether somebody holds a lock who isn't known to be gone. */
  boolean held(Bucket store, String key);
}
