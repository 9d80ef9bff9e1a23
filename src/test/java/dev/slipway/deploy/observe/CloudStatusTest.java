package dev.slipway.deploy.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.deploy.DeployEvent;
import dev.slipway.deploy.DeploymentLock;
import dev.slipway.deploy.DeploymentStatus;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.Presence;
import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.teardown.Deployed;
import dev.slipway.deploy.teardown.Orphans;
import dev.slipway.failure.RolledBack;
import dev.slipway.failure.StillWorking;
import dev.slipway.standin.kernel.Conditions;
import dev.slipway.standin.kernel.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CloudStatusTest {
  private final Deployed account = new Deployed();
  private final List<DeployEvent> events = new ArrayList<>();

  private DeploymentStatus status() {
    return new CloudStatus(
            account.cloud(), Deployed.names("default"), account.cloud().account()::pricePerHour)
        .read();
  }

  private void watch(Duration most) {
    watch(most, account.pace());
  }

  private void watch(Duration most, Pace pace) {
    new ChangeWatch(
            account.cloud(), Deployed.names("default"), new Machine("laptop"), pace, events::add)
        .untilDone(most);
  }

  /** A process of a machine, which knows of those of its own that they are gone. */
  private record Machine(String name) implements Presence {
    @Override
    public Running here() {
      return new Running(name, name, 42, "then");
    }

    @Override
    public boolean gone(Running other) {
      return other.machine().equals(name);
    }
  }

  private DeploymentLock lockedBy(String machine) {
    return DeploymentLock.acquire(
        account.cloud().bucket(Deployed.BUCKET),
        Deployed.names("default").lockKey(),
        "arn:of:another",
        new Machine(machine),
        account.pace());
  }

  @Test
  void aRunThatStillCopiesTheModelIsWaitedForAndNamed() {
    account.whole();
    DeploymentLock lock = lockedBy("ci-7");
    Instant began = account.pace().now();
    Pace releasing =
        new Pace() {
          private int pauses;

          @Override
          public Instant now() {
            return account.pace().now();
          }

          @Override
          public void pause(Duration duration) {
            account.pace().pause(duration);
            if (++pauses == 3) {
              lock.close();
            }
          }
        };

    watch(Duration.ofHours(2), releasing);

    assertThat(Duration.between(began, account.pace().now()))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(15));
    assertThat(events)
        .filteredOn(DeployEvent.Note.class::isInstance)
        .singleElement()
        .asString()
        .contains("arn:of:another", "ci-7", "process 42", "since 20");
  }

  @Test
  void aRunThatIsGoneIsNotWaitedFor() {
    account.whole();
    lockedBy("laptop");
    Instant began = account.pace().now();

    watch(Duration.ofHours(2));

    assertThat(Duration.between(began, account.pace().now())).isLessThan(Duration.ofSeconds(5));
  }

  private void update() {
    account.begin(
        Deployed.names("default").endpointStack(),
        Deployed.endpoint("default").replace("\"vllm\"", "\"vllm:2\""),
        "default");
  }

  @Test
  void nothingIsAbsent() {
    assertThat(status().status()).isEqualTo("absent");
    assertThat(status().endpoint()).isNull();
  }

  @Test
  void aServiceIsTheDeploymentWithoutAnEndpointAndWhileOneComesUp() {
    account.whole();
    account.serve("default");
    String stack = Deployed.names("default").endpointStack();
    account.cloud().stacks().delete(stack, Set.of(), "by-hand");
    account.pace().pause(Duration.ofHours(1));

    assertThat(status().status()).isEqualTo("running");
    assertThat(status().endpoint()).isNull();

    account.begin(stack, Deployed.endpoint("default"), "default");
    assertThat(status().status()).isEqualTo("updating");
  }

  @Test
  void aRunningEndpointSaysWhatItRunsOn() {
    account.whole();

    DeploymentStatus status = status();

    assertThat(status.status()).isEqualTo("running");
    DeploymentStatus.Endpoint endpoint = Objects.requireNonNull(status.endpoint());
    assertThat(endpoint.kind()).isEqualTo("async");
    assertThat(endpoint.variants())
        .containsExactly(new DeploymentStatus.Variant("main", "ml.g5.2xlarge", 1, 1));
    assertThat(status.lastError()).isNull();
  }

  @Test
  void aRolledBackUpdateIsNotTakenForASuccessThoughTheEndpointIsInService() {
    account.whole();
    account
        .simulation()
        .with(
            s ->
                s.conditions()
                    .trouble("Endpoint", Conditions.Action.UPDATE, "alarm errors rang", 1));
    update();

    assertThatThrownBy(() -> watch(Duration.ofHours(2)))
        .isInstanceOf(RolledBack.class)
        .hasMessageContaining("alarm errors rang");
    assertThat(Objects.requireNonNull(status().endpoint()).status()).isEqualTo("InService");
    assertThat(status().lastError()).contains("alarm errors rang");
  }

  @Test
  void aWatchTellsWhatHappensUntilTheChangeIsDone() {
    account.whole();
    update();

    watch(Duration.ofHours(2));

    assertThat(account.cloud().stacks().find(Deployed.names("default").endpointStack()))
        .hasValueSatisfying(
            stack -> assertThat(stack.status()).isEqualTo(StackStatus.UPDATE_COMPLETE));
    assertThat(events).anyMatch(event -> event instanceof DeployEvent.StackSaid);
    assertThat(events).contains(new DeployEvent.EndpointIs("chat", "Updating"));
  }

  @Test
  void aWatchFollowsTheServiceUntilItsTasksRun() {
    account.whole();
    account.simulation().with(s -> s.conditions().starting(Duration.ofMinutes(4)));
    String stack = Deployed.names("default").serviceStack();
    account.begin(stack, Deployed.service("default", "1"), "default");

    watch(Duration.ofHours(2));

    assertThat(account.cloud().stacks().find(stack))
        .hasValueSatisfying(
            there -> assertThat(there.status()).isEqualTo(StackStatus.CREATE_COMPLETE));
    assertThat(events)
        .anyMatch(
            event ->
                event instanceof DeployEvent.StackSaid said
                    && said.stack().equals(stack)
                    && said.event().logicalId().equals("Service"));
    assertThat(events)
        .filteredOn(DeployEvent.Note.class::isInstance)
        .extracting(Object::toString)
        .anyMatch(note -> note.contains("has started 1 tasks"))
        .anyMatch(note -> note.contains("has reached a steady state"));
    assertThat(Objects.requireNonNull(status().service()).status()).isEqualTo("running");
  }

  @Test
  void aWatchFollowsTasksThatAreReplacedWithoutTheirStack() {
    account.whole();
    account.serve("default");
    account.simulation().with(s -> s.conditions().starting(Duration.ofMinutes(4)));
    String service = account.simulation().services().all().getFirst();
    account
        .simulation()
        .with(s -> s.services().deploy(service, "the same", java.util.Optional.empty()));
    assertThat(Objects.requireNonNull(status().service()).status()).isEqualTo("starting");

    watch(Duration.ofHours(2));

    assertThat(Objects.requireNonNull(status().service()).status()).isEqualTo("running");
  }

  @Test
  void aServiceWhoseTasksDoNotComeUpIsNotTakenForASuccess() {
    account.whole();
    account.serve("default");
    account.simulation().with(s -> s.conditions().unhealthy("service:2", List.of("Error")));
    account.begin(
        Deployed.names("default").serviceStack(), Deployed.service("default", "2"), "default");

    assertThatThrownBy(() -> watch(Duration.ofHours(2)))
        .isInstanceOf(RolledBack.class)
        .hasMessageContaining("Circuit Breaker");
    assertThat(status().lastError()).contains("Circuit Breaker");
  }

  @Test
  void aWatchThatLosesItsCredentialsSaysThatTheCloudGoesOn() {
    account.whole();
    update();
    account.simulation().faults().from("DescribeStacks", 3, Fault.expiredToken());

    assertThatThrownBy(() -> watch(Duration.ofHours(2))).isInstanceOf(StillWorking.class);
  }

  @Test
  void aWatchHasAnEnd() {
    account.whole();
    account.simulation().with(s -> s.conditions().updating(Duration.ofHours(5)));
    update();

    assertThatThrownBy(() -> watch(Duration.ofMinutes(10))).isInstanceOf(StillWorking.class);
  }

  @Test
  void whatNoStackHasIsFoundSoThatNothingBillsAllNight() {
    account.whole();
    account
        .simulation()
        .with(
            s -> s.hosting().createModel("lost", "vllm", "", Map.of("slipway:deployment", "gone")));

    assertThat(new Orphans(account.cloud(), account.pace()).find())
        .singleElement()
        .satisfies(
            orphan -> {
              assertThat(orphan.name()).isEqualTo("lost");
              assertThat(orphan.remove()).contains("slipway destroy --name gone");
            });
  }
}
