package dev.slipway.deploy;

import static dev.slipway.deploy.AnsweredBy.SERVICE;
import static dev.slipway.deploy.AnsweredBy.stacks;
import static dev.slipway.deploy.AnsweredBy.steps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.failure.Failure;
import dev.slipway.failure.GateFailed;
import dev.slipway.failure.OperationFailed;
import dev.slipway.plan.Change;
import dev.slipway.plan.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A running deployment changes between an endpoint and a model beside its service, while asked. */
final class EngineSwitchTest {
  private final Path folder;
  private Rig rig;
  private int rigs;

  EngineSwitchTest(@TempDir Path folder) {
    this.folder = folder;
    this.rig = new Rig(folder);
  }

  @BeforeEach
  void hasAModelInBothForms() throws IOException {
    rig = rig(AnsweredBy.EMBEDDED);
  }

  private Rig rig(AnsweredBy engine) throws IOException {
    return engine.rig(folder.resolve("rig-" + rigs++));
  }

  private static Plan plan(Rig rig) {
    return new Deployer(rig.collaborators()).plan(rig.manifest(), rig.lockFile());
  }

  private Deployment rollback(OptionalInt number) {
    rig.process++;
    return new Rollback(rig.collaborators()).to(rig.manifest(), number);
  }

  @Test
  void theServiceAnswersByItselfBeforeTheEndpointGoes() throws IOException {
    rig = rig(AnsweredBy.ENDPOINT);
    rig.deploy();
    AnsweredBy.EMBEDDED.change(rig);
    rig.events.clear();
    List<String> whenAsked = new ArrayList<>();
    rig.probed = () -> whenAsked.add(rig.endpoint().status());

    Plan plan = plan(rig);
    Deployment done = rig.deployAnew();

    assertThat(plan.changes())
        .filteredOn(change -> change.action() == Change.Action.DELETE)
        .extracting(Change::type)
        .contains("AWS::SageMaker::Endpoint", "AWS::SageMaker::Model");
    assertThat(plan.steps()).extracting(Plan.Step::stack).containsExactly(SERVICE, Rig.ENDPOINT);
    assertThat(whenAsked).containsExactly("InService");
    assertThat(steps(rig))
        .endsWith("applying " + SERVICE, "asking the service", "removing " + Rig.ENDPOINT);
    assertThat(done.revision()).isEqualTo(2);
    assertThat(stacks(rig)).containsExactly(SERVICE, Rig.STORE);
    for (Hosting.Kind kind : Hosting.Kind.values()) {
      assertThat(rig.cloud.hosting().list(kind, "")).as(kind.name()).isEmpty();
    }
    assertThat(rig.deployAnew().changed()).isFalse();
  }

  @Test
  void whatUpdatesHaveLeftOfTheEndpointGoesWithIt() throws IOException {
    rig = rig(AnsweredBy.ENDPOINT);
    rig.deploy();
    rig.simulation.with(
        now -> {
          Map<String, String> tags =
              Map.of("slipway:deployment", "chat", "slipway:environment", "default");
          now.hosting().createModel("Model-chat-old", "image", "", tags);
          now.hosting().createConfig("Config-chat-old", List.of(), false, tags);
        });
    AnsweredBy.EMBEDDED.change(rig);

    rig.deployAnew();

    assertThat(rig.cloud.hosting().list(Hosting.Kind.MODEL, "")).isEmpty();
    assertThat(rig.cloud.hosting().list(Hosting.Kind.ENDPOINT_CONFIG, "")).isEmpty();
  }

  @Test
  void theEndpointStaysWhereTheServiceDoesNotAnswerByItself() throws IOException {
    rig = rig(AnsweredBy.ENDPOINT);
    rig.deploy();
    AnsweredBy.EMBEDDED.change(rig);
    rig.reach = ServiceProbe.Reach.FAILED;

    assertThatThrownBy(rig::deployAnew).isInstanceOf(GateFailed.class);
    assertThat(rig.endpoint().status()).isEqualTo("InService");

    rig.reach = ServiceProbe.Reach.ANSWERED;
    assertThat(rig.deployAnew().revision()).isEqualTo(2);
    assertThat(stacks(rig)).containsExactly(SERVICE, Rig.STORE);
  }

  @Test
  void theEndpointAnswersBeforeTheServiceAsksIt() {
    rig.deploy();
    AnsweredBy.ENDPOINT.change(rig);
    rig.events.clear();

    Deployment done = rig.deployAnew();

    List<String> steps = steps(rig);
    assertThat(steps.indexOf("asking the endpoint"))
        .isPositive()
        .isLessThan(steps.indexOf("applying " + SERVICE));
    assertThat(done.endpoint()).isEqualTo("chat");
    assertThat(done.stack()).isEqualTo(Rig.ENDPOINT);
    assertThat(rig.bucket().list("models/")).isNotEmpty();
    assertThat(rig.deployAnew().changed()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aRevisionOfTheOtherFormIsPutBack(AnsweredBy first) throws IOException {
    rig = rig(first);
    rig.deploy();
    List<String> stacks = stacks(rig);
    Map<String, String> parameters = parameters();
    first.other().change(rig);
    rig.deployAnew();
    assertThat(stacks(rig)).isNotEqualTo(stacks);

    Deployment back = rollback(OptionalInt.empty());

    assertThat(back.revision()).isEqualTo(3);
    assertThat(back.endpoint()).isEqualTo(first == AnsweredBy.ENDPOINT ? "chat" : null);
    assertThat(stacks(rig)).isEqualTo(stacks);
    assertThat(parameters()).isEqualTo(parameters);
    assertThat(rig.cloud.stacks().template(SERVICE)).isEqualTo(Rig.serviceTemplate(first.name()));

    Deployment again = rollback(OptionalInt.of(1));
    assertThat(again.changed()).isFalse();
    assertThat(again.stack()).isEqualTo(back.stack());
  }

  private Map<String, String> parameters() {
    return rig.cloud.stacks().find(SERVICE).orElseThrow(AssertionError::new).parameters();
  }

  @Test
  void aRevisionThatNeverGotItsServiceCanNotBePutBack() throws IOException {
    rig.pushed =
        () -> {
          throw new OperationFailed("no_registry", "Cannot push", "it is down", "Wait.");
        };
    assertThatThrownBy(rig::deploy).isInstanceOf(OperationFailed.class);
    rig.pushed = () -> {};
    rig.imageTag = "another";
    rig.service = Optional.of(Rig.serviceTemplate("another"));
    rig.deployAnew();

    assertThatThrownBy(() -> rollback(OptionalInt.of(1)))
        .isInstanceOfSatisfying(
            OperationFailed.class, e -> assertThat(e.code()).isEqualTo("revision_never_made"));
  }

  @ParameterizedTest
  @EnumSource
  void deployingAgainAfterKillAtAnyCallOfASwitchEndsAsIfNothingHadHappened(AnsweredBy first)
      throws IOException {
    Rig undisturbed = switched(first);
    var counting = new MortalCloud(undisturbed.cloud);
    undisturbed.used = counting;
    int[] approved = new int[1];
    undisturbed.intervention =
        new Intervention() {
          @Override
          public boolean approves(Plan plan) {
            approved[0] = counting.calls();
            return true;
          }

          @Override
          public Choice interrupted(String stack) {
            return Choice.LEAVE_RUNNING;
          }
        };
    undisturbed.deploy();
    Map<String, String> expected = undisturbed.state();
    int calls = counting.calls();
    assertThat(calls).isGreaterThan(40);
    // Until then nothing is changed, as in every deploy.
    for (int fatal = approved[0]; fatal <= calls; fatal++) {
      Rig again = switched(first);
      again.used = new MortalCloud(again.cloud, fatal);
      try {
        again.deploy();
      } catch (ProcessDied killed) {
        again.dead.add(again.process);
      } catch (Failure told) {
        assertThat(told.next()).isNotEmpty();
      }
      again.dead.add(again.process);
      again.deployAnew();

      assertThat(again.state()).as("killed at call %d", fatal).isEqualTo(expected);
    }
  }

  /** Returns a rig where one form runs, and the other is wanted. */
  private Rig switched(AnsweredBy first) throws IOException {
    Rig made = rig(first);
    made.deploy();
    made.process++;
    first.other().change(made);
    return made;
  }
}
