package dev.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.LockHeld;
import dev.slipway.failure.UsageFailure;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.FakeCloud;
import dev.slipway.standin.hosting.MemoryHouse;
import dev.slipway.standin.kernel.Fault;
import dev.slipway.standin.kernel.VirtualPace;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One run at a time changes an environment, and no lost run blocks the next one for ever. */
final class DeploymentLockTest {
  private static final String KEY = "locks/prod.json";

  private final VirtualPace pace = new VirtualPace();
  private final CloudSimulation simulation = new CloudSimulation(pace);
  private final Bucket bucket = new FakeCloud(simulation).bucket("store");
  private boolean gone;

  DeploymentLockTest() {
    ((MemoryHouse) simulation.objects()).create("store");
  }

  private Presence on(String host, long pid) {
    return new Presence() {
      @Override
      public Running here() {
        return new Running(host, host, pid, "then");
      }

      @Override
      public boolean gone(Running other) {
        return gone && other.machine().equals(host);
      }
    };
  }

  private DeploymentLock take(String host) {
    return DeploymentLock.acquire(bucket, KEY, "arn:aws:iam::1:user/" + host, on(host, 7), pace);
  }

  @Test
  void secondRunIsToldWhoHoldsTheLockWhereAndSinceWhen() {
    DeploymentLock held = take("laptop");

    LockHeld told = catchThrowableOfType(LockHeld.class, () -> take("runner"));

    assertThat(told.why())
        .contains("user/laptop", "process 7 on laptop", "2026-03-01T12:00:00Z", held.id());
    assertThat(told.next()).contains("slipway unlock " + held.id());
  }

  @Test
  void releasedLockIsFree() {
    take("laptop").close();

    take("runner").insist();
  }

  @Test
  void lockOfAProcessThatIsGoneIsTakenOver() {
    DeploymentLock old = take("laptop");
    gone = true;

    DeploymentLock mine = take("laptop");

    mine.insist();
    assertThatThrownBy(old::insist).isInstanceOf(LockHeld.class);
    old.close();
    mine.insist();
  }

  @Test
  void lockThatNobodyRenewsIsTakenOverAndARenewedOneIsNot() {
    DeploymentLock renewed = take("laptop");
    for (int minute = 0; minute < 30; minute++) {
      pace.pause(Duration.ofMinutes(1));
      renewed.renewIfDue();
    }
    assertThatThrownBy(() -> take("runner")).isInstanceOf(LockHeld.class);

    pace.pause(DeploymentLock.STALE.plusSeconds(1));

    take("runner").insist();
  }

  @Test
  void renewalWhoseReplyIsLostKeepsTheLock() {
    DeploymentLock lock = take("laptop");
    simulation.faults().on("PutObject", 1, new Fault.LostReply());

    lock.renew();

    lock.insist();
  }

  @Test
  void acquisitionWhoseReplyIsLostLeavesNoLock() {
    simulation.faults().on("PutObject", 1, new Fault.LostReply());

    assertThatThrownBy(() -> take("laptop")).isInstanceOf(CloudFailure.class);
    take("runner").insist();
  }

  @Test
  void unlockRemovesTheNamedLockOnly() {
    DeploymentLock held = take("laptop");

    UsageFailure other =
        catchThrowableOfType(
            UsageFailure.class, () -> DeploymentLock.unlock(bucket, KEY, "another"));
    assertThat(other.why()).contains(held.id());
    DeploymentLock.unlock(bucket, KEY, held.id());

    assertThat(bucket.head(KEY)).isEmpty();
    assertThatThrownBy(held::insist).isInstanceOf(LockHeld.class);
  }

  @Test
  void lockThatIsNoLockIsTakenOver() {
    bucket.put(KEY, Rig.bytes("garbage"), "application/json");

    take("laptop").insist();
  }

  @Test
  void processOfThisMachineIsKnownToLiveAndAnotherToBeGone() {
    Presence real = Presence.ofThisMachine();
    Presence.Running here = real.here();

    assertThat(real.gone(here)).isFalse();
    assertThat(
            real.gone(
                new Presence.Running(here.host(), here.machine(), here.pid(), "another time")))
        .isEqualTo(!here.machine().isEmpty());
    assertThat(real.gone(new Presence.Running("other", "other", 1, "then"))).isFalse();
  }
}
