package dev.slipway.cli;

import dev.slipway.deploy.DeploymentLock;
import dev.slipway.deploy.Heartbeat;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.Presence;
import dev.slipway.deploy.teardown.Exclusion;
import dev.slipway.failure.CloudFailure;
import dev.slipway.model.mirror.Bucket;
import java.util.function.Supplier;

/**
 * Keeps deploys out by the lock that they take themselves, renewed while it is held.
 *
 * @param who asks for the caller's ARN
 */
record StoreExclusion(Supplier<String> who, Presence presence, Heartbeat heartbeat, Pace pace)
    implements Exclusion {

  @Override
  public Held take(Bucket store, String key) {
    var lock = DeploymentLock.acquire(store, key, who.get(), presence, pace);
    var beating = heartbeat.every(DeploymentLock.RENEWAL, lock::renew);
    return new Held() {
      @Override
      public void insist() {
        lock.insist();
      }

      @Override
      public void close() {
        beating.close();
        lock.close();
      }
    };
  }

  @Override
  public boolean held(Bucket store, String key) {
    try {
      return DeploymentLock.holder(store, key, presence, pace).isPresent();
    } catch (CloudFailure gone) {
      if (gone.kind() == CloudFailure.Kind.NOT_FOUND) {
        return false;
      }
      throw gone;
    }
  }
}
