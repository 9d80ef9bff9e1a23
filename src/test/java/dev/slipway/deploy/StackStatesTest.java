package dev.slipway.deploy;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.failure.Failure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.standin.kernel.Conditions.Action;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever state a stack is found in, a deploy has a next step. */
final class StackStatesTest {
  private final Rig rig;

  StackStatesTest(@TempDir Path folder) {
    this.rig = new Rig(folder);
  }

  private void fail() {
    assertThat(catchThrowableOfType(Failure.class, rig::deploy)).isNotNull();
  }

  /** An update whose last resource fails once the endpoint is changed, so that it is put back. */
  private void failAfterTheEndpoint(int putBacksThatFail) {
    rig.template =
        Rig.endpointTemplate(
            "ml.g5.xlarge",
            "two",
            """
            , "Errors": {"Type": "AWS::CloudWatch::Alarm", "DependsOn": "Endpoint",
             "Properties": {"MetricName": "Invocation5XXErrors"}}
            """);
    rig.simulation.conditions().trouble("Errors", Action.CREATE, "no luck", 1);
    rig.simulation
        .conditions()
        .trouble("Endpoint", Action.PUT_BACK, "still no luck", putBacksThatFail);
    fail();
    assertThat(rig.stack().status()).isEqualTo(StackStatus.UPDATE_ROLLBACK_FAILED);
  }

  private void update() {
    rig.template = Rig.endpointTemplate("ml.g5.xlarge", "two", "");
  }

  private void deploysNow() {
    assertThat(rig.deployAnew().changed()).isTrue();
    assertThat(NextStep.good(rig.stack().status())).isTrue();
    assertThat(rig.endpoint().status()).isEqualTo("InService");
    assertThat(rig.history()).last().extracting(Revision::state).isEqualTo("deployed");
  }

  @ParameterizedTest
  @EnumSource(StackStatus.class)
  void everyStateHasItsStep(StackStatus status) {
    assertThat(NextStep.of(status) == NextStep.WAIT).isEqualTo(status.busy());
    assertThat(!NextStep.good(status) || NextStep.of(status) == NextStep.UPDATE).isTrue();
  }

  @Test
  void createThatWasRolledBackIsDeletedAndMadeAnew() {
    rig.simulation.conditions().trouble("Endpoint", Action.CREATE, "no luck", 1);
    fail();
    assertThat(rig.stack().status()).isEqualTo(StackStatus.ROLLBACK_COMPLETE);

    deploysNow();
  }

  @Test
  void createThatCouldNotBeRolledBackIsDeletedAndMadeAnew() {
    rig.simulation.conditions().trouble("Endpoint", Action.CREATE, "no luck", 1);
    rig.simulation.conditions().trouble("Role", Action.DELETE, "in use", 1);
    fail();
    assertThat(rig.stack().status()).isEqualTo(StackStatus.ROLLBACK_FAILED);

    deploysNow();
  }

  @Test
  void stackThatWasHalfDeletedIsDeletedAndMadeAnew() {
    rig.deploy();
    rig.simulation.conditions().trouble("Role", Action.DELETE, "in use", 1);
    rig.cloud.stacks().delete(Rig.ENDPOINT, Set.of(), "by-hand");
    rig.pace.pause(Duration.ofMinutes(5));
    assertThat(rig.stack().status()).isEqualTo(StackStatus.DELETE_FAILED);

    deploysNow();
  }

  @Test
  void stackThatNothingCanDeleteNamesWhatBlocksIt() {
    rig.deploy();
    rig.simulation.conditions().trouble("Role", Action.DELETE, "in use", 99);
    rig.cloud.stacks().delete(Rig.ENDPOINT, Set.of(), "by-hand");
    rig.pace.pause(Duration.ofMinutes(5));

    OperationFailed stuck = catchThrowableOfType(OperationFailed.class, rig::deployAnew);

    assertThat(stuck.code()).isEqualTo("stack_stuck");
    assertThat(stuck.why()).contains("Role");
  }

  @Test
  void updateThatCouldNotBePutBackIsPutBackFirst() {
    rig.deploy();
    failAfterTheEndpoint(1);

    deploysNow();
  }

  @Test
  void resourceThatCanNeverBePutBackIsSkippedAndThenUpdated() {
    rig.deploy();
    failAfterTheEndpoint(1);
    List<Set<String>> skipped = new ArrayList<>();

    process(stubborn(skipped));

    assertThat(skipped).containsExactly(Set.of(), Set.of("Endpoint"));
    assertThat(rig.notes()).anyMatch(note -> note.contains("without Endpoint"));
    assertThat(rig.history()).last().extracting(Revision::state).isEqualTo("deployed");
  }

  private void process(Cloud cloud) {
    rig.process++;
    rig.used = cloud;
    rig.deploy();
  }

  private static Stacks.Stack inUpdateRollbackFailed(Stacks.Stack stack) {
    return new Stacks.Stack(
        stack.id(),
        stack.name(),
        StackStatus.UPDATE_ROLLBACK_FAILED,
        stack.reason(),
        stack.outputs(),
        stack.parameters(),
        stack.tags(),
        stack.created(),
        stack.updated());
  }

  /** A cloud that doesn't put a stack back as long as its endpoint isn't skipped. */
  private Cloud stubborn(List<Set<String>> skipped) {
    Stacks real = rig.cloud.stacks();
    var failed =
        new Stacks.Resource(
            "Endpoint",
            "AWS::SageMaker::Endpoint",
            "UPDATE_FAILED",
            Optional.empty(),
            Optional.of("still no luck"));
    Stacks stacks =
        (Stacks)
            Proxy.newProxyInstance(
                Stacks.class.getClassLoader(),
                new Class<?>[] {Stacks.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("resources")) {
                    return List.of(failed);
                  }
                  if (method.getName().equals("continueRollback")) {
                    Set<?> skip = (Set<?>) arguments[1];
                    skipped.add(skip.stream().map(String::valueOf).collect(toSet()));
                    return skip.isEmpty() ? null : method.invoke(real, arguments);
                  }
                  boolean found = method.getName().equals("find");
                  return found && arguments[0].equals(Rig.ENDPOINT) && skipped.size() < 2
                      ? Optional.of(inUpdateRollbackFailed(rig.stack()))
                      : method.invoke(real, arguments);
                });
    return (Cloud)
        Proxy.newProxyInstance(
            Cloud.class.getClassLoader(),
            new Class<?>[] {Cloud.class},
            (_, method, arguments) ->
                method.getName().equals("stacks") ? stacks : method.invoke(rig.cloud, arguments));
  }

  @Test
  void stackThatIsOnlyAnOldChangeSetIsMade() {
    rig.cloud
        .stacks()
        .propose(
            new Stacks.Proposal(
                Rig.ENDPOINT,
                "old",
                true,
                new Stacks.Template.Body(rig.template),
                Map.of("StoreBucket", "b"),
                Map.of("slipway:deployment", "chat", "slipway:environment", "default"),
                ""));
    rig.pace.pause(Duration.ofMinutes(1));
    assertThat(rig.stack().status()).isEqualTo(StackStatus.REVIEW_IN_PROGRESS);

    deploysNow();
  }

  @Test
  void stackThatIsBusyIsWaitedForAndThenChanged() {
    rig.deploy();
    rig.simulation.conditions().updating(Duration.ofMinutes(20));
    String another = Rig.endpointTemplate("ml.g5.xlarge", "three", "");
    rig.cloud
        .stacks()
        .propose(
            new Stacks.Proposal(
                Rig.ENDPOINT,
                "by-hand",
                false,
                new Stacks.Template.Body(another),
                rig.stack().parameters(),
                rig.stack().tags(),
                ""));
    rig.pace.pause(Duration.ofMinutes(1));
    rig.cloud.stacks().execute(Rig.ENDPOINT, "by-hand", "by-hand");
    assertThat(rig.stack().status()).isEqualTo(StackStatus.UPDATE_IN_PROGRESS);
    update();

    deploysNow();
    assertThat(rig.notes()).anyMatch(note -> note.contains("waiting for it"));
  }

  @Test
  void stackOfSomebodyElseIsLeftAlone() {
    rig.deploy();
    update();
    rig.cloud.stacks().delete(Rig.ENDPOINT, Set.of(), "by-hand");
    rig.pace.pause(Duration.ofMinutes(5));
    rig.cloud
        .stacks()
        .propose(
            new Stacks.Proposal(
                Rig.ENDPOINT,
                "theirs",
                true,
                new Stacks.Template.Body(
                    "{\"Resources\": {\"Bucket\": {\"Type\": \"AWS::S3::Bucket\"}}}"),
                Map.of(),
                Map.of("team", "another"),
                ""));
    rig.pace.pause(Duration.ofMinutes(1));
    rig.cloud.stacks().execute(Rig.ENDPOINT, "theirs", "theirs");
    rig.pace.pause(Duration.ofMinutes(5));
    int deletes = rig.simulation.faults().calls().getOrDefault("DeleteStack", 0);

    Refused refused = catchThrowableOfType(Refused.class, rig::deployAnew);

    assertThat(refused.code()).isEqualTo("stack_not_ours");
    assertThat(rig.stack().status()).isEqualTo(StackStatus.CREATE_COMPLETE);
    assertThat(rig.simulation.faults().calls().getOrDefault("DeleteStack", 0)).isEqualTo(deletes);
  }
}
