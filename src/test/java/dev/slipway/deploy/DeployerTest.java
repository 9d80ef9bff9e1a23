package dev.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.FakeRuntimeClient;
import dev.slipway.failure.Failure;
import dev.slipway.failure.GateFailed;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.failure.RolledBack;
import dev.slipway.plan.Finding;
import dev.slipway.standin.kernel.Fault;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users need of a deploy; several are the pains that users of other tools report. */
final class DeployerTest {
  static final String SCALING =
      """
      , "Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "DependsOn": "Endpoint",
       "Properties": {"MinCapacity": 1, "MaxCapacity": 4, "ServiceNamespace": "sagemaker",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "ResourceId": "endpoint/chat/variant/main"}}
      """;

  private final Rig rig;

  DeployerTest(@TempDir Path folder) {
    this.rig = new Rig(folder);
  }

  private <T extends Failure> T failure(Class<T> type) {
    T failure = catchThrowableOfType(type, rig::deploy);
    assertThat(failure).isNotNull();
    assertThat(failure.next()).isNotEmpty();
    return failure;
  }

  private Map<String, Integer> calls() {
    return rig.simulation.faults().calls();
  }

  private int calls(String operation) {
    return calls().getOrDefault(operation, 0);
  }

  @Test
  void aSignalWhileTheModelIsResolvedStopsTheDeployBeforeAnythingIsMade() {
    Thread.currentThread().interrupt();

    assertThat(failure(Interrupted.class).what()).contains("before it changed what runs");

    assertThat(Thread.interrupted()).isFalse();
    assertThat(calls("CreateChangeSet")).isZero();
  }

  @Test
  void firstDeployLeavesAnEndpointThatAnswers() {
    Deployment done = rig.deploy();

    assertThat(done)
        .isEqualTo(
            new Deployment(
                "chat",
                "default",
                1,
                "slipway-chat-endpoint",
                "chat",
                rig.bucket().name(),
                true,
                "running",
                "passed",
                null));
    assertThat(rig.endpoint().status()).isEqualTo("InService");
    assertThat(rig.lockFile()).exists();
    assertThat(rig.history())
        .singleElement()
        .satisfies(
            revision -> {
              assertThat(revision.state()).isEqualTo("deployed");
              assertThat(revision.config()).isEqualTo(rig.endpoint().config());
              assertThat(revision.commit()).isEqualTo("c0ffee");
              assertThat(revision.by()).contains("user/deployer");
            });
  }

  @Test
  void deployingTheSameAgainSaysSoAndTouchesNothing() {
    rig.deploy();
    Map<String, String> before = rig.state();
    List<String> writes =
        List.of("CreateChangeSet", "ExecuteChangeSet", "PutObject", "DeleteObjects", "ListTags");
    List<Integer> written = writes.stream().map(this::calls).toList();

    Deployment again = rig.deployAnew();

    assertThat(again.changed()).isFalse();
    assertThat(again.revision()).isEqualTo(1);
    assertThat(again.smoke()).isEqualTo("skipped");
    assertThat(rig.state()).isEqualTo(before);
    assertThat(writes.stream().map(this::calls).toList()).isEqualTo(written);
    assertThat(rig.notes()).anyMatch(note -> note.startsWith("Nothing changed"));
  }

  @Test
  void quotaOfZeroIsSaidBeforeAnythingIsCreated() {
    rig.findings =
        List.of(
            new Finding(
                "quota_zero",
                Finding.Severity.REFUSE,
                "the quota for ml.g5.xlarge endpoints is 0",
                "",
                "Ask for 1 in Service Quotas."));

    assertThat(failure(Refused.class).code()).isEqualTo("quota_zero");
    assertThat(rig.cloud.stacks().find(Rig.STORE)).isEmpty();
    assertThat(calls("CreateChangeSet")).isZero();
  }

  @Test
  void planShowsFindingsAndChangesNothing() {
    rig.findings = List.of(new Finding("dear", Finding.Severity.WARN, "it is dear", "", "Think."));

    var plan = new Deployer(rig.collaborators()).plan(rig.manifest(), rig.lockFile());

    assertThat(plan.findings()).hasSize(1);
    assertThat(plan.changes()).isNotEmpty();
    assertThat(rig.cloud.stacks().find(Rig.STORE)).isEmpty();
  }

  @Test
  void planThatIsNotApprovedChangesNothing() {
    rig.intervention =
        new Intervention() {
          @Override
          public boolean approves(dev.slipway.plan.Plan plan) {
            return false;
          }

          @Override
          public Choice interrupted(String stack) {
            return Choice.LEAVE_RUNNING;
          }
        };

    assertThat(failure(Interrupted.class).what()).isEqualTo("Nothing was changed");
    assertThat(rig.cloud.stacks().find(Rig.STORE)).isEmpty();
  }

  @Test
  void failedHealthCheckNamesTheCauseFromTheContainersLogWhileItStillCreates() {
    rig.simulation
        .conditions()
        .unhealthy("", List.of("Loading weights", "torch.OutOfMemoryError: CUDA out of memory."));
    rig.simulation.conditions().creating(Duration.ofMinutes(40));
    Instant begun = rig.now();

    RolledBack failure = failure(RolledBack.class);

    assertThat(failure.code()).isEqualTo("container_gpu_memory");
    assertThat(failure.why()).contains("GPU's memory");
    assertThat(failure.next()).contains("endpoint.instance");
    assertThat(rig.events)
        .anyMatch(
            event ->
                event instanceof DeployEvent.ContainerSaid said
                    && said.line().at().isBefore(begun.plus(Duration.ofMinutes(5))));
    assertThat(rig.notes()).anyMatch(note -> note.contains("GPU's memory"));
    assertThat(rig.history()).last().extracting(Revision::state).isEqualTo("rolled-back");
  }

  @Test
  void containerThatDiesWithoutALineIsTakenForADriverThatIsTooOld() {
    rig.simulation.conditions().unhealthy("", List.of());

    RolledBack failure = failure(RolledBack.class);

    assertThat(failure.code()).isEqualTo("container_silent");
    assertThat(failure.next()).contains("InferenceAmiVersion");
  }

  @Test
  void noCapacityIsToldApartAndSaysWhatElseToTry() {
    rig.simulation.conditions().scarce("ml.g5.xlarge");

    RolledBack failure = failure(RolledBack.class);

    assertThat(failure.code()).isEqualTo("no_capacity");
    assertThat(failure.next()).contains("further types in endpoint.instance");
    rig.simulation.conditions().plentiful("ml.g5.xlarge");
    assertThat(rig.deployAnew().changed()).isTrue();
  }

  @Test
  void instanceCountSurvivesAnUpdate() {
    rig.template = template("one");
    rig.deploy();
    rig.cloud.hosting().resize(new EndpointName("chat"), "main", 3);
    rig.pace.pause(Duration.ofMinutes(10));
    rig.template = template("two");

    rig.deployAnew();

    assertThat(rig.endpoint().variants().getFirst().desired()).isEqualTo(3);
  }

  /** Without the property that keeps the count, as another tool's template is. */
  private static String template(String variable) {
    return Rig.endpointTemplate("ml.g5.xlarge", variable, "")
        .replace("\"RetainAllVariantProperties\": true,", "");
  }

  @Test
  void instanceTypeChangesThoughAutoscalingIsAttached() {
    rig.template = Rig.endpointTemplate("ml.g5.xlarge", "one", SCALING);
    rig.deploy();
    int executed = calls("ExecuteChangeSet");
    rig.template = Rig.endpointTemplate("ml.g5.2xlarge", "one", SCALING);

    rig.deployAnew();

    assertThat(rig.endpoint().variants().getFirst().instance()).isEqualTo("ml.g5.2xlarge");
    assertThat(calls("ExecuteChangeSet") - executed).isEqualTo(2);
    assertThat(rig.cloud.scaling().targets(List.of("endpoint/chat/variant/main"))).hasSize(1);
  }

  @Test
  void updateThatAnAlarmRolledBackFailsThoughTheEndpointSaysInService() {
    rig.deploy();
    String config = rig.endpoint().config();
    rig.template = Rig.endpointTemplate("ml.g5.xlarge", "two", "");
    rig.simulation.conditions().alarmRollback("slipway-chat-endpoint-errors", false);

    RolledBack failure = failure(RolledBack.class);

    assertThat(rig.endpoint().status()).isEqualTo("InService");
    assertThat(rig.endpoint().config()).isEqualTo(config);
    assertThat(failure.code()).isEqualTo("alarm");
    assertThat(failure.why()).contains("slipway-chat-endpoint-errors");
    assertThat(rig.cloud.hosting().config(config)).isPresent();
    assertThat(rig.history()).last().extracting(Revision::state).isEqualTo("rolled-back");
  }

  @Test
  void updateThatCloudFormationRolledBackNamesItsAlarm() {
    rig.deploy();
    rig.template = Rig.endpointTemplate("ml.g5.xlarge", "two", "");
    rig.simulation.conditions().alarmRollback("slipway-chat-endpoint-latency", true);

    RolledBack failure = failure(RolledBack.class);

    assertThat(failure.code()).isEqualTo("alarm");
    assertThat(failure.why()).contains("slipway-chat-endpoint-latency");
    assertThat(rig.stack().status()).isEqualTo(StackStatus.UPDATE_ROLLBACK_COMPLETE);
    assertThat(rig.deployAnew().revision()).isEqualTo(3);
  }

  @Test
  void oldConfigAndModelGoOnlyAfterTheNewOnesWereSeen() {
    rig.deploy();
    String old = rig.endpoint().config();
    rig.template = Rig.endpointTemplate("ml.g5.xlarge", "two", "");
    rig.deployAnew();

    assertThat(rig.cloud.hosting().config(old)).isEmpty();
    assertThat(rig.cloud.hosting().list(dev.slipway.deploy.cloud.Hosting.Kind.MODEL, ""))
        .hasSize(1);
  }

  @Test
  void endpointThatDoesNotAnswerFailsItsSmokeTestAndTheNextRunAsksAgain() {
    rig.simulation
        .faults()
        .from("InvokeEndpoint", 1, new Fault.Refusal(424, "ModelError", "broken"));

    GateFailed failure = failure(GateFailed.class);

    assertThat(failure.code()).isEqualTo("smoke_failed");
    assertThat(failure.getMessage()).doesNotContain("Say hello");
    assertThat(failure.next())
        .as("nothing was deployed before that could be put back")
        .doesNotContain("rollback")
        .contains("slipway logs", "slipway destroy");
    rig.simulation.faults().clear();
    Deployment again = rig.deployAnew();
    assertThat(again.revision()).isEqualTo(1);
    assertThat(again.smoke()).isEqualTo("passed");
  }

  @Test
  void updateThatDoesNotAnswerNamesTheRollback() {
    rig.deploy();
    rig.template = Rig.endpointTemplate("ml.g5.xlarge", "two", "");
    rig.simulation
        .faults()
        .from("InvokeEndpoint", 1, new Fault.Refusal(424, "ModelError", "broken"));

    assertThat(failure(GateFailed.class).next()).contains("slipway rollback");
  }

  @Test
  void answerThatIsNotJsonIsAWarning() {
    rig.used = answering("body");

    assertThat(rig.deploy().smoke()).isEqualTo("warned");
    assertThat(rig.notes()).anyMatch(note -> note.contains("not in JSON"));
  }

  @Test
  void jsonWithoutGeneratedTextFailsTheSmokeTest() {
    rig.used = answering("{\"hello\": 1}");

    failure(GateFailed.class);
  }

  private Cloud answering(String body) {
    var runtime = new FakeRuntimeClient().answering(Rig.bytes(body));
    return (Cloud)
        Proxy.newProxyInstance(
            Cloud.class.getClassLoader(),
            new Class<?>[] {Cloud.class},
            (_, method, arguments) ->
                method.getName().equals("runtime") ? runtime : method.invoke(rig.cloud, arguments));
  }

  @Test
  void asynchronousEndpointIsAskedThroughTheStore() {
    rig.manifestMore = "endpoint: {kind: async}\n";

    assertThat(rig.deploy().smoke()).isEqualTo("passed");
    assertThat(calls("InvokeEndpointAsync")).isEqualTo(1);
    assertThat(rig.bucket().list("async/")).isEmpty();
  }

  @Test
  void asynchronousEndpointWhoseContainerFailsFailsItsSmokeTest() {
    rig.manifestMore = "endpoint: {kind: async}\n";
    rig.simulation
        .faults()
        .from("InvokeEndpoint", 1, new Fault.Refusal(424, "ModelError", "broken"));

    GateFailed failure = failure(GateFailed.class);

    assertThat(failure.why()).contains("its container failed").doesNotContain("broken");
  }

  @Test
  void templateThatIsTooLongForARequestGoesThroughTheStore() {
    rig.template = Rig.endpointTemplate("ml.g5.xlarge", "x".repeat(60_000), "");

    rig.deploy();

    assertThat(rig.bucket().list("templates/default/")).hasSize(1);
  }

  @Test
  void anExpiryThatWasAddedIsDeployed() {
    rig.deploy();
    rig.manifestMore = "expires: 2027-01-01T00:00Z\n";

    assertThat(rig.deployAnew().changed()).isTrue();
    assertThat(rig.stack().tags()).containsEntry("slipway:expires", "2027-01-01T00:00:00Z");
    assertThat(rig.deployAnew().changed()).isFalse();
  }

  @Test
  void planThatAnotherRunOvertookIsNotApplied() {
    rig.deploy();
    rig.template = Rig.endpointTemplate("ml.g5.xlarge", "two", "");
    rig.intervention =
        new Intervention() {
          @Override
          public boolean approves(dev.slipway.plan.Plan plan) {
            rig.intervention = Intervention.none();
            rig.template = Rig.endpointTemplate("ml.g5.xlarge", "three", "");
            rig.deployAnew();
            return true;
          }

          @Override
          public Choice interrupted(String stack) {
            return Choice.LEAVE_RUNNING;
          }
        };

    assertThatThrownBy(rig::deploy)
        .isInstanceOfSatisfying(
            OperationFailed.class,
            failure -> assertThat(failure.code()).isEqualTo("plan_outdated"));
  }

  @Test
  void weightsThatAreThereTwiceAreMirroredOnceAndPinnedTwice() {
    rig.files = List.of("config.json", "model.gguf", "model.safetensors");

    var plan = new Deployer(rig.collaborators()).plan(rig.manifest(), rig.lockFile());
    rig.deploy();

    assertThat(plan.changes())
        .filteredOn(change -> change.type().equals("Slipway::Objects"))
        .singleElement()
        .satisfies(change -> assertThat(change.reason()).startsWith("2 files"));
    assertThat(rig.bucket().list("models/"))
        .extracting(item -> item.key().replaceAll(".*/", ""))
        .contains("config.json", "model.safetensors")
        .doesNotContain("model.gguf");
    assertThat(rig.lockFile()).content().contains("model.gguf");
    assertThat(new Deployer(rig.collaborators()).plan(rig.manifest(), rig.lockFile()).changes())
        .isEmpty();
  }

  @Test
  void deploymentWhoseNamesAnotherHasIsRefusedBeforeAnythingIsMade() {
    rig.name = "chat-prod";
    rig.deploy();
    rig.name = "chat";
    rig.manifestMore = "environments: {prod: {}}\n";
    rig.environment = Optional.of("prod");

    Refused refused = failure(Refused.class);

    assertThat(refused.code()).isEqualTo("stack_not_ours");
    assertThat(refused.why()).contains("slipway-chat-prod-endpoint", "\"chat-prod\"");
    assertThat(rig.cloud.stacks().find(Rig.STORE)).isEmpty();
  }

  @Test
  void endpointThatNoStackHasMadeIsNoticedBeforeAnythingIsMade() {
    rig.deploy();
    rig.name = "another";

    var seen = Seen.look(rig.collaborators(), rig.names());
    var named = rig.cloud.hosting().endpoint(new EndpointName("chat"));

    assertThat(seen.strangers(rig.names(), named))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.code()).isEqualTo("endpoint_taken");
              assertThat(finding.severity()).isEqualTo(Finding.Severity.REFUSE);
            });
    assertThat(seen.strangers(rig.names(), Optional.empty())).isEmpty();
  }
}
