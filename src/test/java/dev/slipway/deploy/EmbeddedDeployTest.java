package dev.slipway.deploy;

import static dev.slipway.deploy.AnsweredBy.SERVICE;
import static dev.slipway.deploy.AnsweredBy.stacks;
import static dev.slipway.deploy.AnsweredBy.steps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.observe.CloudStatus;
import dev.slipway.deploy.teardown.Destroyer;
import dev.slipway.deploy.teardown.Exclusion;
import dev.slipway.deploy.teardown.Patience;
import dev.slipway.deploy.teardown.Removal;
import dev.slipway.failure.Refused;
import dev.slipway.plan.Change;
import dev.slipway.plan.Plan;
import dev.slipway.plan.Planner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A service with a model of its own is a deployment without an endpoint. */
final class EmbeddedDeployTest {
  private final Path folder;
  private Rig rig;
  private int rigs;

  EmbeddedDeployTest(@TempDir Path folder) {
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

  @Test
  void theServiceIsTheDeploymentAndASecondDeployChangesNothing() {
    Deployment done = rig.deploy();

    assertThat(stacks(rig)).containsExactly(SERVICE, Rig.STORE);
    assertThat(steps(rig))
        .containsExactly(
            "resolving the model",
            "planning",
            "checking",
            "preparing the store",
            "publishing the service's image",
            "storing the index",
            "applying " + SERVICE,
            "asking the service");
    assertThat(done.endpoint()).isNull();
    assertThat(done.stack()).isEqualTo(SERVICE);
    assertThat(done.smoke()).isEqualTo("passed");
    assertThat(rig.bucket().list("models/")).isEmpty();
    Revision revision = rig.history().getLast();
    assertThat(revision.state()).isEqualTo("deployed");
    assertThat(revision.templateKey()).isNull();
    assertThat(revision.instance()).isNull();
    assertThat(revision.source()).isEqualTo("hf://org/name");

    Deployment again = rig.deployAnew();

    assertThat(again.changed()).isFalse();
    assertThat(again.stack()).isEqualTo(SERVICE);
    assertThat(again.endpoint()).isNull();
    assertThat(rig.pushes).isEqualTo(1);
    assertThat(plan(rig).changes()).isEmpty();
  }

  @Test
  void aServiceThatCanNotBeAskedFromHereWasNotSmokeTested() {
    rig.reach = ServiceProbe.Reach.UNREACHABLE;

    assertThat(rig.deploy().smoke()).isEqualTo("skipped");
  }

  @Test
  void planNamesNothingOfSageMakersAndCountsTheTasks() {
    Plan plan = plan(rig);

    assertThat(plan.changes())
        .extracting(Change::type)
        .contains("AWS::ECS::Service", Planner.IMAGE)
        .noneMatch(type -> type.startsWith("AWS::SageMaker::"));
    assertThat(plan.changes()).extracting(Change::logicalId).doesNotContain("Model");
    assertThat(Objects.requireNonNull(plan.costPerHour().before())).isZero();
    assertThat(Objects.requireNonNull(plan.costPerHour().after())).isBetween(0.08, 0.082);
  }

  @Test
  void statusShowsTheServiceAsTheDeployment() {
    rig.deploy();

    var status = new CloudStatus(rig.cloud, rig.names(), _ -> OptionalDouble.of(1)).read();

    assertThat(status.status()).isEqualTo("running");
    assertThat(status.endpoint()).isNull();
    assertThat(Objects.requireNonNull(status.service()).status()).isEqualTo("running");
    assertThat(status.revision()).isEqualTo(1);
    assertThat(Objects.requireNonNull(status.model()).source()).isEqualTo("hf://org/name");
    assertThat(status.costPerHour()).isBetween(0.08, 0.082);
    assertThat(status.lastError()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void destroyLeavesNothing(AnsweredBy first) throws IOException {
    rig = rig(first);
    rig.deploy();
    AnsweredBy.EMBEDDED.change(rig);
    rig.deployAnew();
    rig.process++;

    Removal removal =
        new Destroyer(
                rig.cloud,
                rig.pace,
                Patience.standard(),
                new Exclusion(
                    () -> "somebody", rig.collaborators().presence(), (_, _) -> () -> {}, rig.pace),
                rig.events::add)
            .destroy(rig.names(), List.of());

    assertThat(removal.left()).isEmpty();
    assertThat(stacks(rig)).isEmpty();
    for (Hosting.Kind kind : Hosting.Kind.values()) {
      assertThat(rig.cloud.hosting().list(kind, "")).isEmpty();
    }
    assertThat(rig.cloud.logs().groups("/")).isEmpty();
  }

  /** Notes who was asked, and when. */
  private static final class NotingGate implements AnswerGate {
    private final Rig rig;
    private final boolean services;
    private final List<Asked> asked = new ArrayList<>();
    private int stepsBefore;

    NotingGate(Rig rig, boolean services) {
      this.rig = rig;
      this.services = services;
    }

    @Override
    public boolean mayAskServices() {
      return services;
    }

    @Override
    public Optional<Judgement> judge(Asked who) {
      asked.add(who);
      stepsBefore = steps(rig).size();
      return Optional.empty();
    }
  }

  @Test
  void theGateAsksTheServiceOrTheSameModelHereBeforeCallersGetIt() throws IOException {
    var service = new NotingGate(rig, true);
    new Deployer(rig.collaborators(), service).deploy(rig.manifest(), rig.lockFile());
    assertThat(service.asked).hasOnlyElementsOfType(AnswerGate.Asked.Service.class);

    rig = rig(AnsweredBy.EMBEDDED);
    var here = new NotingGate(rig, false);
    new Deployer(rig.collaborators(), here).deploy(rig.manifest(), rig.lockFile());
    assertThat(here.asked).containsExactly(new AnswerGate.Asked.Beside(rig.bucket().name()));
    assertThat(here.stepsBefore).isLessThan(steps(rig).indexOf("applying " + SERVICE));
  }

  @Test
  void aServiceOfThisMachineWithAModelOfItsOwnIsNothingToDeploy() {
    rig.manifestMore = "api: {engine: embedded}\n";
    rig.service = Optional.empty();

    for (Runnable run : List.<Runnable>of(rig::deploy, () -> plan(rig))) {
      assertThatThrownBy(run::run)
          .isInstanceOfSatisfying(
              Refused.class,
              e -> {
                assertThat(e.code()).isEqualTo("nothing_to_deploy");
                assertThat(e.next()).contains("api.host: fargate", "slipway up");
              });
    }
    assertThat(rig.cloud.stacks().tagged(Map.of())).isEmpty();
    assertThat(Files.exists(rig.lockFile())).isFalse();
  }
}
