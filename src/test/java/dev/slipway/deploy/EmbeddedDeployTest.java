package dev.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.deploy.observe.CloudStatus;
import dev.slipway.deploy.teardown.Destroyer;
import dev.slipway.deploy.teardown.Exclusion;
import dev.slipway.deploy.teardown.Patience;
import dev.slipway.deploy.teardown.Removal;
import dev.slipway.failure.Failure;
import dev.slipway.failure.GateFailed;
import dev.slipway.failure.OperationFailed;
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
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A service with a model of its own is a deployment without an endpoint, and changes into one. */
final class EmbeddedDeployTest {
  private static final String SERVICE = "slipway-chat-api";

  /** What answers; one line of the manifest says it. */
  enum Engine {
    ENDPOINT,
    EMBEDDED;

    Engine other() {
      return this == ENDPOINT ? EMBEDDED : ENDPOINT;
    }

    String manifest() {
      return """
      api:
        engine: %s
        host: fargate
        keys: secret:chat/keys
        fargate:
          vpc: vpc-0123456789abcdef0
          subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
      """
          .formatted(name().toLowerCase(java.util.Locale.ROOT));
    }
  }

  private final Path folder;
  private Rig rig;
  private int rigs;

  EmbeddedDeployTest(@TempDir Path folder) {
    this.folder = folder;
    this.rig = new Rig(folder);
  }

  @BeforeEach
  void hasAModelInBothForms() throws IOException {
    rig = rig(Engine.EMBEDDED);
  }

  private Rig rig(Engine engine) throws IOException {
    Rig made = new Rig(Files.createDirectory(folder.resolve("rig-" + rigs++)));
    Path index = Files.createDirectories(made.folder.resolve("index"));
    Files.writeString(index.resolve("segments_1"), "passages");
    made.files = List.of("model.safetensors", "model.gguf");
    made.reach = ServiceProbe.Reach.ANSWERED;
    answeringBy(made, engine);
    return made;
  }

  /** Changes one line of the manifest, and what comes of it. */
  private static void answeringBy(Rig rig, Engine engine) {
    rig.manifestMore = engine.manifest();
    rig.service = Optional.of(Rig.serviceTemplate(engine.name()));
    rig.imageTag = engine.name();
  }

  private static List<String> steps(Rig rig) {
    return rig.events.stream()
        .flatMap(
            event ->
                event instanceof DeployEvent.Step(String name) ? Stream.of(name) : Stream.empty())
        .toList();
  }

  private static List<String> stacks(Rig rig) {
    return rig.cloud.stacks().tagged(Map.of()).stream().map(Stack::name).sorted().toList();
  }

  private static Plan plan(Rig rig) {
    return new Deployer(rig.collaborators()).plan(rig.manifest(), rig.lockFile());
  }

  private Deployment rollback(OptionalInt number) {
    rig.process++;
    return new Rollback(rig.collaborators()).to(rig.manifest(), number);
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
  void theServiceAnswersByItselfBeforeTheEndpointGoes() throws IOException {
    rig = rig(Engine.ENDPOINT);
    rig.deploy();
    answeringBy(rig, Engine.EMBEDDED);
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
    rig = rig(Engine.ENDPOINT);
    rig.deploy();
    rig.simulation.with(
        now -> {
          Map<String, String> tags =
              Map.of("slipway:deployment", "chat", "slipway:environment", "default");
          now.hosting().createModel("Model-chat-old", "image", "", tags);
          now.hosting().createConfig("Config-chat-old", List.of(), false, tags);
        });
    answeringBy(rig, Engine.EMBEDDED);

    rig.deployAnew();

    assertThat(rig.cloud.hosting().list(Hosting.Kind.MODEL, "")).isEmpty();
    assertThat(rig.cloud.hosting().list(Hosting.Kind.ENDPOINT_CONFIG, "")).isEmpty();
  }

  @Test
  void theEndpointStaysWhereTheServiceDoesNotAnswerByItself() throws IOException {
    rig = rig(Engine.ENDPOINT);
    rig.deploy();
    answeringBy(rig, Engine.EMBEDDED);
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
    answeringBy(rig, Engine.ENDPOINT);
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
  void aRevisionOfTheOtherFormIsPutBack(Engine first) throws IOException {
    rig = rig(first);
    rig.deploy();
    List<String> stacks = stacks(rig);
    Map<String, String> parameters = parameters();
    answeringBy(rig, first.other());
    rig.deployAnew();
    assertThat(stacks(rig)).isNotEqualTo(stacks);

    Deployment back = rollback(OptionalInt.empty());

    assertThat(back.revision()).isEqualTo(3);
    assertThat(back.endpoint()).isEqualTo(first == Engine.ENDPOINT ? "chat" : null);
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
  void deployingAgainAfterKillAtAnyCallOfASwitchEndsAsIfNothingHadHappened(Engine first)
      throws IOException {
    Rig undisturbed = switched(first);
    var counting = new MortalCloud(undisturbed.cloud);
    undisturbed.used = counting;
    undisturbed.deploy();
    Map<String, String> expected = undisturbed.state();
    int calls = counting.calls();
    assertThat(calls).isGreaterThan(40);
    for (int fatal = 1; fatal <= calls; fatal++) {
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
  private Rig switched(Engine first) throws IOException {
    Rig made = rig(first);
    made.deploy();
    made.process++;
    answeringBy(made, first.other());
    return made;
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
  void destroyLeavesNothing(Engine first) throws IOException {
    rig = rig(first);
    rig.deploy();
    answeringBy(rig, Engine.EMBEDDED);
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

    rig = rig(Engine.EMBEDDED);
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
