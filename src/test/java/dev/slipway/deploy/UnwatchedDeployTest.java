package dev.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.RolledBack;
import dev.slipway.failure.StillWorking;
import dev.slipway.standin.kernel.Fault;
import dev.slipway.standin.kernel.Faults;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a deploy that its user, its credentials or its network leave. */
final class UnwatchedDeployTest {
  private final Rig rig;

  UnwatchedDeployTest(@TempDir Path folder) {
    this.rig = new Rig(folder);
  }

  private <T extends Failure> T failure(Class<T> type) {
    T failure = catchThrowableOfType(type, rig::deploy);
    assertThat(failure).isNotNull();
    assertThat(failure.next()).isNotEmpty();
    return failure;
  }

  private int calls(String operation) {
    return rig.simulation.faults().calls().getOrDefault(operation, 0);
  }

  @Test
  void endpointThatIsCreatingForLongIsNotSilentAndCanBeTakenBack() {
    rig.simulation.conditions().creating(Duration.ofMinutes(55));
    interruptAfter(Duration.ofMinutes(20), Intervention.Choice.ROLL_BACK);

    RolledBack failure = failure(RolledBack.class);

    assertThat(failure.code()).isEqualTo("rolled_back_by_user");
    assertThat(rig.notes()).anyMatch(note -> note.matches("chat is Creating since \\d+ minutes.*"));
    assertThat(rig.cloud.stacks().find(Rig.ENDPOINT)).isEmpty();
    assertThat(rig.bucket().head(rig.names().lockKey())).isEmpty();
  }

  @Test
  void expiredCredentialsEndTheDeployAtOnceBeforeAnythingBegan() {
    rig.simulation.faults().from(Faults.ANY, 1, Fault.expiredToken());
    Instant begun = rig.now();

    assertThat(failure(CloudFailure.class).kind()).isEqualTo(CloudFailure.Kind.CREDENTIALS);
    assertThat(rig.now()).isEqualTo(begun);
  }

  @Test
  void expiredCredentialsWhileTheCloudWorksSayHowToGoOn() {
    expireWhenExecuted(2, Fault.expiredToken());

    StillWorking failure = failure(StillWorking.class);

    assertThat(failure.next()).contains("slipway status --watch");
    rig.simulation.faults().clear();
    rig.dead.add(rig.process);
    assertThat(rig.deployAnew().revision()).isEqualTo(1);
  }

  @Test
  void lostNetworkWhileTheCloudWorksNeverHangs() {
    expireWhenExecuted(2, new Fault.LostRequest());
    Instant begun = rig.now();

    failure(StillWorking.class);

    assertThat(Duration.between(begun, rig.now())).isLessThan(Duration.ofMinutes(30));
  }

  /** Lets everything go wrong once the nth change set is being applied. */
  private void expireWhenExecuted(int nth, Fault fault) {
    rig.clock =
        new Pace() {
          private boolean expired;

          @Override
          public Instant now() {
            return rig.pace.now();
          }

          @Override
          public void pause(Duration duration) {
            if (!expired && calls("ExecuteChangeSet") >= nth) {
              expired = true;
              rig.simulation.faults().from(Faults.ANY, 1, fault);
            }
            rig.pace.pause(duration);
          }
        };
  }

  @Test
  void stoppedDeploySaysWhatWhyAndWhatNext() {
    Thread.currentThread().interrupt();

    Interrupted stopped =
        org.assertj.core.api.Assertions.catchThrowableOfType(Interrupted.class, rig::deploy);

    assertThat(stopped.what()).contains("before it changed what runs");
    assertThat(stopped.why()).contains("told to stop");
    assertThat(stopped.next()).contains("Deploy again");
  }

  private void interruptAfter(Duration time, Intervention.Choice choice) {
    Instant moment = rig.now().plus(time);
    rig.intervention =
        new Intervention() {
          @Override
          public boolean approves(dev.slipway.plan.Plan plan) {
            return true;
          }

          @Override
          public Choice interrupted(String stack) {
            return choice;
          }
        };
    rig.clock =
        new Pace() {
          private boolean done;

          @Override
          public Instant now() {
            return rig.pace.now();
          }

          @Override
          public void pause(Duration duration) {
            if (!done && now().isAfter(moment)) {
              done = true;
              throw new Interrupted("stop", "told to", "go on");
            }
            rig.pace.pause(duration);
          }
        };
  }

  @Test
  void interruptedUpdateIsPutBackWhereTheUserWantsIt() {
    rig.deploy();
    rig.template = Rig.endpointTemplate("ml.g5.xlarge", "two", "");
    rig.simulation.conditions().updating(Duration.ofMinutes(30));
    interruptAfter(Duration.ofMinutes(5), Intervention.Choice.ROLL_BACK);

    assertThat(failure(RolledBack.class).code()).isEqualTo("rolled_back_by_user");
    assertThat(rig.stack().status()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
    assertThat(rig.endpoint().status()).isEqualTo("InService");
  }

  @Test
  void interruptedUpdateGoesOnWhereTheUserLeavesIt() {
    rig.deploy();
    rig.template = Rig.endpointTemplate("ml.g5.xlarge", "two", "");
    rig.simulation.conditions().updating(Duration.ofMinutes(30));
    interruptAfter(Duration.ofMinutes(5), Intervention.Choice.LEAVE_RUNNING);

    failure(StillWorking.class);
    rig.clock = rig.pace;

    assertThat(rig.deployAnew().revision()).isEqualTo(2);
    assertThat(rig.stack().status()).isEqualTo(StackStatus.UPDATE_COMPLETE);
  }
}
