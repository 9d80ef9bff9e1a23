package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.failure.UsageFailure;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.ResourceNames;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads what the store keeps of an environment: its history, and who works on it. */
public final class EnvironmentStore {
  private final Cloud cloud;
  private final ResourceNames names;

  /** Makes a reader of an environment's records in a cloud, which stays the caller's to close. */
  public EnvironmentStore(Cloud cloud, ResourceNames names) {
    this.cloud = cloud;
    this.names = names;
  }

  /** Lists the environment's revisions, the oldest first; none where nothing was deployed. */
  public List<Revision> history() {
    return in(bucket -> new Revisions(bucket, names.revisionsPrefix()).history()).orElse(List.of());
  }

  /** Returns who works on the environment; absent if nobody does who still lives. */
  public Optional<LockRecord> holder(Presence presence, Pace pace) {
    return in(bucket -> DeploymentLock.holder(bucket, names.lockKey(), presence, pace))
        .flatMap(Function.identity());
  }

  /**
   * Removes the lock of a run that is known to be gone.
   *
   * @param id as the refusal of the next deploy says it
   * @throws UsageFailure if it isn't that run that holds the lock
   */
  public void unlock(String id) {
    boolean done =
        in(bucket -> {
              DeploymentLock.unlock(bucket, names.lockKey(), id);
              return true;
            })
            .orElse(false);
    if (!done) {
      throw new UsageFailure(
          "Cannot remove the lock " + id,
          "nothing is deployed in this environment.",
          "Nothing needs to be done.");
    }
  }

  private <T> Optional<T> in(Function<Bucket, T> work) {
    return cloud
        .stacks()
        .find(names.storeStack())
        .map(StackOutputs::new)
        .flatMap(StackOutputs::bucket)
        .map(
            name -> {
              try (Bucket bucket = cloud.bucket(name)) {
                return work.apply(bucket);
              }
            });
  }
}
