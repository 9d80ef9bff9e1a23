package dev.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.failure.Failure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.RolledBack;
import dev.slipway.failure.UsageFailure;
import dev.slipway.standin.kernel.Conditions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an earlier revision deployed can be put back. */
final class RollbackTest {
  private final Rig rig;

  RollbackTest(@TempDir Path folder) {
    this.rig = new Rig(folder);
  }

  private String deploy(String variable) {
    rig.template = Rig.endpointTemplate("ml.g5.xlarge", variable, "");
    rig.deployAnew();
    return rig.template;
  }

  private Deployment rollback(OptionalInt number) {
    return new Rollback(rig.collaborators()).to(rig.manifest(), number);
  }

  @Test
  void newestDeployedRevisionBeforeTheRunningOneIsPutBack() {
    String one = deploy("one");
    deploy("two");

    Deployment done = rollback(OptionalInt.empty());

    assertThat(done.revision()).isEqualTo(3);
    assertThat(rig.cloud.stacks().template(Rig.ENDPOINT)).isEqualTo(one);
    assertThat(rig.history()).last().extracting(Revision::rollbackOf).isEqualTo(1);
    assertThat(rig.endpoint().config()).isEqualTo(rig.history().getLast().config());
  }

  @Test
  void namedRevisionIsPutBack() {
    String one = deploy("one");
    deploy("two");
    deploy("three");

    rollback(OptionalInt.of(1));

    assertThat(rig.cloud.stacks().template(Rig.ENDPOINT)).isEqualTo(one);
  }

  @Test
  void rollingBackTwiceGoesFurtherBack() {
    String one = deploy("one");
    deploy("two");
    deploy("three");
    rollback(OptionalInt.empty());

    rollback(OptionalInt.empty());

    assertThat(rig.cloud.stacks().template(Rig.ENDPOINT)).isEqualTo(one);
    assertThat(rig.history().stream().map(Revision::number).toList())
        .isEqualTo(List.of(1, 2, 3, 4, 5));
  }

  @Test
  void nothingBeforeTheFirstRevisionIsSaid() {
    deploy("one");

    assertThatThrownBy(() -> rollback(OptionalInt.empty()))
        .isInstanceOfSatisfying(
            UsageFailure.class,
            failure -> assertThat(failure.why()).contains("before 1, which runs"));
    assertThatThrownBy(() -> rollback(OptionalInt.of(9)))
        .isInstanceOfSatisfying(
            UsageFailure.class, failure -> assertThat(failure.why()).contains("1 to 1"));
  }

  @Test
  void revisionThatRunsAlreadyIsNotDeployedAgain() {
    deploy("one");
    deploy("two");

    Deployment live = rollback(OptionalInt.of(2));

    assertThat(live.changed()).isFalse();
    assertThat(live.revision()).isEqualTo(2);
    assertThat(live.endpoint()).isEqualTo("chat");
    assertThat(rig.history()).hasSize(2);
    assertThat(rig.notes()).anyMatch(note -> note.contains("Revision 2 runs already"));
  }

  @Test
  void whatARollbackPutBackIsNotPutBackAgain() {
    deploy("one");
    deploy("two");
    rollback(OptionalInt.of(1));

    Deployment again = rollback(OptionalInt.of(1));

    assertThat(again.changed()).isFalse();
    assertThat(again.revision()).isEqualTo(3);
    assertThat(rig.history()).hasSize(3);
  }

  @Test
  void revisionThatCameBackByItselfIsNotDeployedAgain() {
    deploy("one");
    rig.simulation
        .conditions()
        .trouble("Endpoint", Conditions.Action.UPDATE, "alarm errors rang", 1);
    assertThatThrownBy(() -> deploy("two")).isInstanceOf(RolledBack.class);

    assertThat(rollback(OptionalInt.of(1)).changed()).isFalse();

    assertThat(rig.history()).hasSize(2);
  }

  @Test
  void rollbackThatWasCutOffIsGoneOnWithWhenNoNumberIsGiven() {
    String one = deploy("one");
    deploy("two");
    rollback(OptionalInt.empty());
    Revision done = rig.history().getLast();
    new Revisions(rig.bucket(), rig.names().revisionsPrefix())
        .record(
            new Revision(
                done.number(),
                done.at(),
                done.by(),
                done.from(),
                "applying",
                done.source(),
                done.commit(),
                done.instance(),
                null,
                done.templateKey(),
                done.parameters(),
                null,
                null,
                done.rollbackOf()));

    assertThat(rollback(OptionalInt.empty()).revision()).isEqualTo(3);

    assertThat(rig.cloud.stacks().template(Rig.ENDPOINT)).isEqualTo(one);
    assertThat(rig.history()).last().extracting(Revision::state).isEqualTo("deployed");
  }

  @Test
  void historySaysWhenToTheSecond() {
    rig.clock =
        new Pace() {
          @Override
          public Instant now() {
            return rig.pace.now().plusNanos(123_456_789);
          }

          @Override
          public void pause(Duration duration) {
            rig.pace.pause(duration);
          }
        };

    deploy("one");

    assertThat(rig.history().getFirst().at()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
  }

  @Test
  void revisionWhoseModelIsGoneIsNotPutBack() {
    rig.template =
        Rig.endpointTemplate("ml.g5.xlarge", "s3://${StoreBucket}/models/org-name-old/", "");
    rig.deployAnew();
    deploy("two");

    assertThat(catchThrowableOfType(OperationFailed.class, () -> rollback(OptionalInt.empty())))
        .extracting(Failure::code)
        .isEqualTo("model_gone");
  }

  @Test
  void killedRollbackIsGoneOnWithUnderItsNumber() {
    deploy("one");
    deploy("two");
    var counting = new MortalCloud(rig.cloud);
    rig.used = counting;
    rollback(OptionalInt.empty());
    int calls = counting.calls();
    var expected = rig.state();
    for (int fatal = 1; fatal <= calls; fatal++) {
      Rig again = new Rig(rig.folder);
      again.template = Rig.endpointTemplate("ml.g5.xlarge", "one", "");
      again.deployAnew();
      again.template = Rig.endpointTemplate("ml.g5.xlarge", "two", "");
      again.deployAnew();
      again.used = new MortalCloud(again.cloud, fatal);
      try {
        new Rollback(again.collaborators()).to(again.manifest(), OptionalInt.of(1));
      } catch (ProcessDied killed) {
        again.dead.add(again.process);
      }
      again.process++;
      again.used = again.cloud;
      new Rollback(again.collaborators()).to(again.manifest(), OptionalInt.of(1));
      assertThat(again.state().get("slipway-chat-endpoint")).isNotNull();
      assertThat(again.state()).containsEntry("config", "as asked");
      assertThat(again.state().get("MODEL")).isEqualTo(expected.get("MODEL"));
      assertThat(again.state().get("ENDPOINT_CONFIG")).isEqualTo(expected.get("ENDPOINT_CONFIG"));
    }
  }
}
