package dev.slipway.deploy.teardown;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.deploy.DeployEvent;
import dev.slipway.deploy.DeploymentLock;
import dev.slipway.deploy.Presence;
import dev.slipway.failure.Failure;
import dev.slipway.failure.LockHeld;
import dev.slipway.failure.Refused;
import dev.slipway.plan.ResourceNames;
import dev.slipway.standin.kernel.Conditions;
import dev.slipway.standin.kernel.Fault;
import dev.slipway.standin.kernel.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DestroyerTest {
  private final Deployed account = new Deployed();
  private final List<DeployEvent> events = new ArrayList<>();
  private long processes;

  /** Runs on a machine where whatever ran before is gone. */
  private record NewProcess(long pid) implements Presence {
    @Override
    public Running here() {
      return new Running("laptop", "boot", pid, "then");
    }

    @Override
    public boolean gone(Running other) {
      return other.machine().equals("boot") && other.pid() != pid;
    }
  }

  private Destroyer destroyer(Deployed in) {
    return new Destroyer(
        in.cloud(),
        in.pace(),
        Patience.standard(),
        new Exclusion(() -> "somebody", new NewProcess(++processes), (_, _) -> () -> {}, in.pace()),
        events::add);
  }

  private Removal destroy(String environment) {
    return destroyer(account).destroy(Deployed.names(environment), List.of());
  }

  @Test
  void serviceOnEcsGoesBeforeTheEndpointThatItAsksAndItsIndexToo() {
    account.whole();
    account.serve("default");

    Removal preview = destroyer(account).preview(Deployed.names("default"), List.of());
    Removal removal = destroy("default");

    assertThat(removal.left()).isEmpty();
    assertThat(account.everything()).isEmpty();
    List<String> stacks =
        removal.deleted().stream()
            .filter(thing -> thing.type().equals("AWS::CloudFormation::Stack"))
            .map(Removal.Deleted::name)
            .toList();
    assertThat(stacks).startsWith("slipway-chat-api", "slipway-chat-endpoint");
    assertThat(removal.deleted())
        .extracting(Removal.Deleted::type)
        .contains("AWS::ECS::Service", "AWS::ElasticLoadBalancingV2::LoadBalancer");
    assertThat(preview.deleted())
        .extracting(Removal.Deleted::type)
        .contains("AWS::ECS::Service", "AWS::Logs::LogGroup");
  }

  @Test
  void serviceOfAnotherEnvironmentKeepsTheStore() {
    account.whole();
    account.serve("prod");

    Removal removal = destroy("default");

    assertThat(removal.kept())
        .anyMatch(
            kept -> kept.name().equals("slipway-chat-store") && kept.reason().contains("prod"));
    assertThat(account.cloud().stacks().find("slipway-chat-prod-api")).isPresent();
  }

  @Test
  void nothingOfADeploymentIsLeftOldConfigsAndModelsToo() {
    account.whole();

    Removal removal = destroy("default");

    assertThat(removal.left()).isEmpty();
    assertThat(account.everything()).isEmpty();
    assertThat(removal.deleted())
        .extracting(Removal.Deleted::name)
        .contains("chat", "Model-old", "Config-old", "slipway-chat-endpoint", "slipway-chat-store")
        .contains("/aws/sagemaker/Endpoints/chat")
        .contains(Deployed.BUCKET + "/models/0123abcd/half");
  }

  @Test
  void whatTheUserOwnsIsKeptAndSaid() {
    account.whole();

    assertThat(destroy("default").kept())
        .extracting(Removal.Kept::name)
        .containsExactlyInAnyOrder("users-answers", "arn:aws:sns:eu-west-1:123456789012:done");
  }

  @Test
  void destroyingTwiceIsNoFailure() {
    account.whole();
    destroy("default");

    assertThat(destroy("default")).isEqualTo(new Removal(List.of(), List.of(), List.of()));
  }

  @Test
  void aDryRunChangesNothingAndListsWhatWouldGo() {
    account.whole();
    List<String> before = account.everything();

    Removal preview = destroyer(account).preview(Deployed.names("default"), List.of());

    assertThat(account.everything()).isEqualTo(before);
    assertThat(preview.deleted())
        .extracting(Removal.Deleted::name)
        .contains("chat", "Model-old", "slipway-chat-endpoint", "slipway-chat-store");
  }

  @Test
  void aDryRunListsEachThingOnceByTheNameThatTheServicesKnow() {
    account.whole();

    Removal preview = destroyer(account).preview(Deployed.names("default"), List.of());

    assertThat(preview.deleted()).doesNotHaveDuplicates();
    assertThat(preview.deleted())
        .filteredOn(thing -> thing.type().endsWith("ScalableTarget"))
        .extracting(Removal.Deleted::name)
        .containsExactly("endpoint/chat/variant/main");
    assertThat(destroy("default").deleted())
        .filteredOn(thing -> thing.type().endsWith("ScalableTarget"))
        .extracting(Removal.Deleted::name)
        .containsExactly("endpoint/chat/variant/main");
  }

  @Test
  void whatADryRunListsIsWhatADestroySaysThatItRemoved() {
    account.whole();
    account.begin(
        Deployed.names("default").endpointStack(),
        Deployed.endpoint("default")
            .replace(
                "\"Errors\":",
                """
                "Policy": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy", "Properties": {
                 "PolicyName": "load", "PolicyType": "TargetTrackingScaling",
                 "ScalingTargetId": {"Ref": "Target"}}}, "Errors":"""),
        "default");
    account.pace().pause(Duration.ofHours(1));
    Removal preview = destroyer(account).preview(Deployed.names("default"), List.of());

    Removal removal = destroy("default");

    assertThat(removal.left()).isEmpty();
    assertThat(removal.deleted()).doesNotHaveDuplicates().containsAll(preview.deleted());
  }

  @Test
  void anotherEnvironmentKeepsItsEndpointItsObjectsAndTheStore() {
    account.whole();
    account.environment("prod");

    Removal first = destroy("default");

    assertThat(first.left()).isEmpty();
    assertThat(first.kept()).extracting(Removal.Kept::name).contains("slipway-chat-store");
    assertThat(account.serves("prod")).isTrue();
    assertThat(account.everything())
        .contains("object async/prod/output/1", "object models/0123abcd/model.safetensors")
        .noneMatch(thing -> thing.contains("/default/"));

    assertThat(destroy("prod").left()).isEmpty();
    assertThat(account.everything()).isEmpty();
  }

  @Test
  void anEndpointStuckInCreatingIsWaitedOutAndThenDeleted() {
    account.whole();
    account.simulation().with(s -> s.conditions().creating(Duration.ofMinutes(40)));
    account.begin(Deployed.names("prod").endpointStack(), Deployed.endpoint("prod"), "prod");

    Removal removal = destroy("prod");

    assertThat(removal.left()).isEmpty();
    assertThat(account.serves("prod")).isFalse();
    assertThat(events).anyMatch(event -> event.toString().contains("CREATE_IN_PROGRESS"));
  }

  @Test
  void aSystemUpdateIsWaitedOut() {
    account.whole();
    account.simulation().with(s -> s.hosting().updateBySystem("chat", Duration.ofMinutes(20)));

    assertThat(destroy("default").left()).isEmpty();
    assertThat(events).contains(new DeployEvent.EndpointIs("chat", "SystemUpdating"));
  }

  @Test
  void hiddenComponentsDoNotBlockTheEndpoint() {
    account.whole();
    account
        .simulation()
        .with(s -> s.hosting().createComponent("by-hand", "chat", "Model-old", 1, Map.of()));

    Removal removal = destroy("default");

    assertThat(removal.left()).isEmpty();
    assertThat(account.everything()).isEmpty();
    assertThat(removal.deleted()).extracting(Removal.Deleted::name).contains("by-hand");
  }

  @Test
  void whatAStackCanNotDeleteIsRemovedByItsName() {
    account.whole();
    account
        .simulation()
        .with(
            s ->
                s.conditions()
                    .trouble("Config", Conditions.Action.DELETE, "it is used elsewhere", 3));

    assertThat(destroy("default").left()).isEmpty();
    assertThat(account.everything()).isEmpty();
  }

  @Test
  void whatCanNotBeRemovedIsNamedWithItsCommandAndKeepsTheStore() {
    account.whole();
    account.simulation().faults().from("DeleteLogGroup", 1, Fault.denied("logs:DeleteLogGroup"));

    Removal removal = destroy("default");

    assertThat(removal.left())
        .anySatisfy(
            left -> {
              assertThat(left.name()).isEqualTo("/aws/sagemaker/Endpoints/chat");
              assertThat(left.reason()).contains("not authorized");
              assertThat(left.remove()).contains("aws --region eu-west-1 logs delete-log-group");
            })
        .anySatisfy(left -> assertThat(left.name()).isEqualTo("slipway-chat-store"));
    account.simulation().faults().clear();
    assertThat(destroy("default").left()).isEmpty();
    assertThat(account.everything()).isEmpty();
  }

  @Test
  void aRunningDeployIsNotPulledFromUnderItsFeet() {
    account.whole();
    try (var bucket = account.cloud().bucket(Deployed.BUCKET);
        var deploy =
            DeploymentLock.acquire(
                bucket,
                Deployed.names("default").lockKey(),
                "somebody",
                Presence.ofThisMachine(),
                account.pace())) {
      List<String> before = account.everything();

      assertThatThrownBy(() -> destroy("default")).isInstanceOf(LockHeld.class);
      assertThat(account.everything()).isEqualTo(before);
      deploy.insist();
    }
  }

  @Test
  void anotherDeploymentsStackOfTheSameNameIsRefused() {
    account.whole();
    account.environment("prod");
    ResourceNames other =
        ResourceNames.of(new dev.slipway.manifest.DeploymentName("chat-prod"), "default");

    assertThatThrownBy(() -> destroyer(account).destroy(other, List.of()))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("prod");
    assertThat(account.serves("prod")).isTrue();
  }

  @Test
  void aDestroyThatIsCutOffAtAnyCallIsFinishedByTheNext() {
    int calls = callsOfAWholeRun();
    assertThat(calls).isGreaterThan(50);
    for (int call = 1; call <= calls; call++) {
      Deployed in = new Deployed().whole();
      // The last call is accepted and its reply lost; nothing after it arrives.
      in.simulation().faults().on(Faults.ANY, call, new Fault.LostReply());
      in.simulation().faults().from(Faults.ANY, call + 1, new Fault.LostRequest());
      try {
        destroyer(in).destroy(Deployed.names("default"), List.of());
      } catch (Failure cutOff) {
        assertThat(cutOff.next()).isNotEmpty();
      }
      in.simulation().faults().clear();

      Removal removal = destroyer(in).destroy(Deployed.names("default"), List.of());

      assertThat(removal.left()).as("cut off at call %d", call).isEmpty();
      assertThat(in.everything()).as("cut off at call %d", call).isEmpty();
    }
  }

  private int callsOfAWholeRun() {
    Deployed in = new Deployed().whole();
    int before = sum(in);
    destroyer(in).destroy(Deployed.names("default"), List.of());
    return sum(in) - before;
  }

  private static int sum(Deployed in) {
    return in.simulation().faults().calls().values().stream().mapToInt(n -> n).sum();
  }
}
