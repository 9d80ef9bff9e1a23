package dev.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.deploy.observe.CloudStatus;
import dev.slipway.failure.Failure;
import dev.slipway.failure.GateFailed;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.RolledBack;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The business layer on ECS comes up after the endpoint, and with what belongs to it. */
final class ServiceDeployTest {
  private static final String SERVICE = "slipway-chat-api";

  private final Path folder;
  private Rig rig;
  private int rigs;

  ServiceDeployTest(@TempDir Path folder) {
    this.folder = folder;
    this.rig = new Rig(folder);
  }

  @BeforeEach
  void hasAService() throws IOException {
    rig = rig();
    rig.service = Optional.of(Rig.serviceTemplate("one"));
  }

  private Rig rig() throws IOException {
    Rig made = new Rig(Files.createDirectory(folder.resolve("rig-" + rigs++)));
    index(made, "passages");
    return made;
  }

  private static void index(Rig rig, String content) throws IOException {
    Path index = Files.createDirectories(rig.folder.resolve("index"));
    Files.writeString(index.resolve("segments_1"), content);
    Files.writeString(index.resolve("write.lock"), "");
  }

  private Stack service() {
    return rig.cloud.stacks().find(SERVICE).orElseThrow(AssertionError::new);
  }

  private List<String> steps() {
    return rig.events.stream()
        .flatMap(
            event ->
                event instanceof DeployEvent.Step(String name)
                    ? java.util.stream.Stream.of(name)
                    : java.util.stream.Stream.empty())
        .toList();
  }

  @Test
  void comesUpAfterTheEndpointIsVerified() {
    Deployment done = rig.deploy();

    assertThat(steps())
        .endsWith(
            "verifying the endpoint",
            "asking the endpoint",
            "publishing the service's image",
            "storing the index",
            "applying " + SERVICE,
            "asking the service");
    Deployment.Service service = Objects.requireNonNull(done.service());
    assertThat(service.stack()).isEqualTo(SERVICE);
    assertThat(service.url()).startsWith("http://").contains("loadbalancer");
    assertThat(service.image()).endsWith("slipway-chat-store@" + Rig.digest("v1"));
    assertThat(service.asked()).isEqualTo("unreachable");
    assertThat(service().parameters())
        .containsEntry("StoreBucket", rig.bucket().name())
        .containsEntry("ServiceImage", service.image())
        .containsEntry("IndexSnapshot", Objects.requireNonNull(service.index()));
    assertThat(rig.bucket().head(Objects.requireNonNull(service.index()))).isPresent();
    assertThat(Objects.requireNonNull(rig.history().getLast().service()).parameters())
        .isEqualTo(service().parameters());
    // What ECS says of the tasks is told.
    assertThat(rig.notes()).anyMatch(note -> note.contains("steady state"));
  }

  @Test
  void deployedAgainNothingChangesAndNothingIsPushedOrStored() {
    rig.deploy();

    Deployment again = rig.deployAnew();

    assertThat(again.changed()).isFalse();
    assertThat(Objects.requireNonNull(again.service()).asked()).isEqualTo("skipped");
    assertThat(Objects.requireNonNull(again.service()).url()).startsWith("http://");
    assertThat(rig.pushes).isEqualTo(1);
  }

  @Test
  void anotherIndexIsAChangeOfItsOwnAndTheOldOneStays() throws IOException {
    rig.deploy();
    String before = service().parameters().get("IndexSnapshot");
    index(rig, "more passages");

    Deployment done = rig.deployAnew();

    assertThat(done.changed()).isTrue();
    assertThat(done.revision()).isEqualTo(2);
    assertThat(service().parameters().get("IndexSnapshot")).isNotEqualTo(before);
    assertThat(rig.bucket().head(String.valueOf(before))).isPresent();
    assertThat(rig.pushes).isEqualTo(1);
  }

  @Test
  void aMachineWithoutAnIndexLeavesTheDeployedOne() throws IOException {
    rig.deploy();
    String before = service().parameters().get("IndexSnapshot");
    Files.delete(rig.folder.resolve("index/segments_1"));
    rig.imageTag = "v2";

    rig.deployAnew();

    assertThat(service().parameters())
        .containsEntry("IndexSnapshot", before)
        .hasEntrySatisfying("ServiceImage", image -> assertThat(image).contains(Rig.digest("v2")));
    assertThat(rig.notes()).anyMatch(note -> note.contains("no index"));
  }

  @Test
  void planNamesItsResourcesItsPartsAndItsCost() {
    Plan plan = new Deployer(rig.collaborators()).plan(rig.manifest(), rig.lockFile());

    assertThat(plan.changes()).anyMatch(change -> change.type().equals("AWS::ECS::Service"));
    assertThat(plan.changes())
        .filteredOn(change -> change.type().startsWith("Slipway::"))
        .extracting(change -> change.type() + " " + change.logicalId())
        .containsExactly(
            Planner.OBJECTS + " Model",
            Planner.IMAGE + " ServiceImage",
            Planner.OBJECTS + " IndexSnapshot");
    assertThat(plan.steps()).last().extracting(Plan.Step::stack).isEqualTo(SERVICE);
    assertThat(rig.cloud.stacks().find(SERVICE)).isEmpty();
    assertThat(rig.pushes).isZero();
  }

  @Test
  void serviceThatDoesNotAnswerFailsTheDeployAndTheEndpointStays() {
    rig.reach = ServiceProbe.Reach.FAILED;

    assertThatThrownBy(rig::deploy)
        .isInstanceOfSatisfying(
            GateFailed.class, e -> assertThat(e.code()).isEqualTo("service_gate_failed"));
    assertThat(rig.endpoint().status()).isEqualTo("InService");
    assertThat(rig.history().getLast().state()).isEqualTo("failed");

    rig.reach = ServiceProbe.Reach.ANSWERED;
    Deployment done = rig.deployAnew();

    assertThat(Objects.requireNonNull(done.service()).asked()).isEqualTo("answered");
    assertThat(rig.history().getLast().state()).isEqualTo("deployed");
  }

  /** Remembers whom it asked, and what runs by then. */
  private final class Jury implements AnswerGate {
    private final List<Asked> asked = new ArrayList<>();
    private final List<Boolean> deployed = new ArrayList<>();
    private final boolean key;
    private boolean content = true;

    Jury(boolean key) {
      this.key = key;
    }

    @Override
    public boolean mayAskServices() {
      return key;
    }

    @Override
    public Optional<Judgement> judge(Asked whom) {
      asked.add(whom);
      deployed.add(rig.cloud.stacks().find(SERVICE).isPresent());
      if (!content) {
        throw new GateFailed("eval_failed", "It is deployed, but", "no.", "Roll back.", null);
      }
      return Optional.of(
          new Judgement(
              "The answers will do.",
              new Deployment.Eval("service", 1, 0, Map.of("recall", 1.0), List.of())));
    }

    Deployment deploy() {
      rig.process++;
      return new Deployer(rig.collaborators(), this).deploy(rig.manifest(), rig.lockFile());
    }
  }

  @Test
  void gateAsksTheServiceWhereCallersDoAfterItWasRolled() {
    rig.reach = ServiceProbe.Reach.ANSWERED;
    var jury = new Jury(true);

    Deployment done = jury.deploy();

    String url = Objects.requireNonNull(done.service()).url();
    assertThat(jury.asked).containsExactly(new AnswerGate.Asked.Service(java.net.URI.create(url)));
    assertThat(jury.deployed).containsExactly(true);
    assertThat(Objects.requireNonNull(done.eval()).measures()).containsEntry("recall", 1.0);
    assertThat(rig.notes()).contains("The answers will do.");
  }

  @Test
  void gateAsksTheEndpointBeforeAServiceThatItHasNoKeyForAndBehindOneOutOfReach()
      throws IOException {
    rig.reach = ServiceProbe.Reach.LIVE;
    var without = new Jury(false);
    without.deploy();
    rig = rig();
    rig.service = Optional.of(Rig.serviceTemplate("one"));
    rig.reach = ServiceProbe.Reach.UNREACHABLE;
    var outside = new Jury(true);
    outside.deploy();

    var endpoint =
        new AnswerGate.Asked.Endpoint(
            rig.names().endpoint(), Optional.empty(), rig.bucket().name());
    assertThat(without.asked).hasOnlyElementsOfType(AnswerGate.Asked.Endpoint.class);
    assertThat(without.deployed).containsExactly(false);
    assertThat(outside.asked).containsExactly(endpoint);
    assertThat(outside.deployed).containsExactly(true);
  }

  @Test
  void serviceWhoseAnswersMissTheGateIsAFailedRevisionThatRollbackUndoes() throws IOException {
    rig.reach = ServiceProbe.Reach.ANSWERED;
    rig.deploy();
    Map<String, String> good = service().parameters();
    index(rig, "worse passages");
    var jury = new Jury(true);
    jury.content = false;

    assertThatThrownBy(jury::deploy)
        .isInstanceOfSatisfying(
            GateFailed.class, e -> assertThat(e.code()).isEqualTo("eval_failed"));
    assertThat(rig.history().getLast().state()).isEqualTo("failed");
    assertThatThrownBy(jury::deploy).isInstanceOf(GateFailed.class);
    assertThat(jury.asked).hasSize(2);

    rig.process++;
    new Rollback(rig.collaborators()).to(rig.manifest(), OptionalInt.empty());

    assertThat(service().parameters()).isEqualTo(good);
    assertThat(rig.history().getLast().state()).isEqualTo("deployed");
  }

  @Test
  void theLastErrorOfTasksThatDoNotComeUpIsSaidThoughTheStackTakesTheirLogAway() {
    unhealthy("slipway-chat-store", "Cannot read the index: AccessDenied");

    assertThatThrownBy(rig::deploy)
        .isInstanceOfSatisfying(
            RolledBack.class,
            e -> {
              assertThat(e.code()).isEqualTo("service_failed");
              assertThat(e.why())
                  .contains(
                      "tasks failed to start",
                      "A task stopped: Essential container in task exited; exit code 1.",
                      "Cannot read the index: AccessDenied");
            });
    assertThat(rig.cloud.logs().groups("/slipway/")).isEmpty();
    assertThat(rig.endpoint().status()).isEqualTo("InService");

    rig.simulation.with(now -> now.conditions().healthy());
    assertThat(rig.deployAnew().changed()).isTrue();
    assertThat(service().status()).isEqualTo(StackStatus.CREATE_COMPLETE);
  }

  @Test
  void tasksThatNeverBeganSayWhyThoughTheyLeaveNoLog() {
    rig.simulation.with(now -> now.conditions().unhealthy("slipway-chat-store", List.of()));

    assertThatThrownBy(rig::deploy)
        .isInstanceOfSatisfying(
            RolledBack.class,
            e -> assertThat(e.why()).contains("A task stopped: CannotPullContainerError: "));
  }

  @Test
  void tasksOfAnUpdateThatDoNotComeUpLeaveThoseOfBeforeRunning() {
    rig.deploy();
    rig.imageTag = "v2";
    unhealthy(Rig.digest("v2"), "Exception in thread main");

    assertThatThrownBy(rig::deployAnew)
        .isInstanceOf(RolledBack.class)
        .hasMessageContaining("what ran before runs on");

    assertThat(service().status()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
    assertThat(service().parameters().get("ServiceImage")).endsWith(Rig.digest("v1"));
    var status = new CloudStatus(rig.cloud, rig.names(), _ -> OptionalDouble.of(1)).read();
    assertThat(Objects.requireNonNull(status.service()).now()).isEqualTo(1);
    assertThat(rig.history().getLast().state()).isEqualTo("rolled-back");
  }

  private void unhealthy(String image, String line) {
    rig.simulation.with(now -> now.conditions().unhealthy(image, List.of(line)));
  }

  @Test
  void planAsksCloudFormationWhatTheServiceWillBecomeAndLeavesNoTrace() {
    rig.deploy();
    rig.imageTag = "v2";

    Plan plan = new Deployer(rig.collaborators()).plan(rig.manifest(), rig.lockFile());

    assertThat(plan.changes())
        .extracting(change -> change.action() + " " + change.logicalId() + ": " + change.reason())
        .contains(
            "REPLACE TaskDefinition: ContainerDefinitions changes",
            "UPDATE Service: TaskDefinition changes");
    assertThat(plan.changes())
        .filteredOn(change -> change.type().equals(Planner.IMAGE))
        .singleElement()
        .extracting(dev.slipway.plan.Change::name)
        .isEqualTo("slipway-chat-store:v2");
    assertThat(rig.events)
        .noneMatch(event -> event instanceof DeployEvent.Note note && note.warning());
    assertThat(rig.simulation.faults().calls()).containsEntry("DeleteChangeSet", 1);
    assertThat(rig.pushes).isEqualTo(1);
    assertThat(service().status()).isEqualTo(StackStatus.CREATE_COMPLETE);
  }

  @Test
  void rollbackBringsBackTemplateImageAndIndexOfTheRevision() throws IOException {
    rig.deploy();
    Map<String, String> first = service().parameters();
    rig.service = Optional.of(Rig.serviceTemplate("two"));
    rig.imageTag = "v2";
    index(rig, "more passages");
    rig.deployAnew();
    assertThat(service().parameters()).isNotEqualTo(first);

    rig.process++;
    new Rollback(rig.collaborators()).to(rig.manifest(), OptionalInt.empty());

    assertThat(service().parameters()).isEqualTo(first);
    assertThat(rig.cloud.stacks().template(SERVICE)).isEqualTo(Rig.serviceTemplate("one"));
    assertThat(rig.pushes).isEqualTo(2);
  }

  @Test
  void revisionWhoseIndexOrImageIsGoneIsNotPutBack() throws IOException {
    rig.deploy();
    String key = String.valueOf(service().parameters().get("IndexSnapshot"));
    index(rig, "more passages");
    rig.deployAnew();
    rig.bucket().delete(List.of(key));
    rig.process++;

    assertThatThrownBy(
            () -> new Rollback(rig.collaborators()).to(rig.manifest(), OptionalInt.empty()))
        .isInstanceOfSatisfying(
            OperationFailed.class, e -> assertThat(e.code()).isEqualTo("index_gone"));
  }

  @Test
  void serviceThatMovesAwayFromEcsIsRemoved() {
    rig.deploy();
    rig.service = Optional.empty();

    Plan plan = new Deployer(rig.collaborators()).plan(rig.manifest(), rig.lockFile());
    Deployment done = rig.deployAnew();

    assertThat(plan.changes())
        .anyMatch(
            change ->
                change.type().equals("AWS::ECS::Service")
                    && change.action() == dev.slipway.plan.Change.Action.DELETE);
    assertThat(done.service()).isNull();
    assertThat(rig.cloud.stacks().find(SERVICE)).isEmpty();
    assertThat(rig.deployAnew().changed()).isFalse();
  }

  @Test
  void statusShowsItsAddressItsTasksAndItsAlarms() {
    rig.deploy();
    rig.simulation.with(now -> now.alarms().ring("slipway-chat-api-errors", "5xx"));

    var status = new CloudStatus(rig.cloud, rig.names(), _ -> OptionalDouble.of(1)).read();

    var service = Objects.requireNonNull(status.service());
    assertThat(service.url()).startsWith("http://");
    assertThat(service.status()).isEqualTo("running");
    assertThat(service.now()).isEqualTo(1);
    assertThat(status.alarms()).containsExactly("slipway-chat-api-errors");
    // One core and 4 GiB, a load balancer, and the endpoint's instance at 1.
    assertThat(status.costPerHour()).isBetween(1.08, 1.082);
  }

  @Test
  void deployingAgainAfterKillAtAnyCallForTheServiceEndsAsIfNothingHadHappened()
      throws IOException {
    Rig undisturbed = serving(rig());
    var counting = new MortalCloud(undisturbed.cloud);
    undisturbed.used = counting;
    int[] first = new int[1];
    undisturbed.pushed = () -> first[0] = counting.calls();
    undisturbed.deploy();
    Map<String, String> expected = undisturbed.state();
    int calls = counting.calls();
    assertThat(calls).isGreaterThan(first[0] + 15);
    // What comes before it is the same as without a service: InterruptedDeployTest kills that.
    for (int fatal = first[0]; fatal <= calls; fatal++) {
      Rig again = serving(rig());
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

  /** Returns a rig whose endpoint runs already, so that the service is what is left to do. */
  private static Rig serving(Rig rig) {
    rig.deploy();
    rig.process++;
    rig.service = Optional.of(Rig.serviceTemplate("one"));
    return rig;
  }
}
