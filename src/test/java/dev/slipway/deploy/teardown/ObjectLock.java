package dev.slipway.deploy.teardown;

import dev.slipway.failure.LockHeld;
import dev.slipway.model.mirror.Bucket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A lock that is an object; one of this holder's is taken over, as the engine's is when stale. */
public final class ObjectLock implements Exclusion {
  private static final String MINE = "mine";

  /** Makes one. */
  public ObjectLock() {}

  @Override
  public Held take(Bucket store, String key) {
    if (held(store, key)) {
      throw new LockHeld("Another run works on it", "somebody", "Wait for it.");
    }
    store.put(key, MINE.getBytes(StandardCharsets.UTF_8), "text/plain");
    return new Held() {
      private boolean open = true;

      @Override
      public void insist() {}

      @Override
      public void close() {
        if (open) {
          open = false;
          store.delete(List.of(key));
        }
      }
    };
  }

  @Override
  public boolean held(Bucket store, String key) {
    try {
      return store
          .get(key)
          .map(body -> !new String(body, StandardCharsets.UTF_8).equals(MINE))
          .orElse(false);
    } catch (dev.slipway.failure.CloudFailure failure) {
      if (failure.kind() == dev.slipway.failure.CloudFailure.Kind.NOT_FOUND) {
        return false;
      }
      throw failure;
    }
  }
}
