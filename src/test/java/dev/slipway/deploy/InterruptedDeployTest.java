package dev.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.failure.Failure;
import dev.slipway.standin.kernel.Fault;
import dev.slipway.standin.kernel.Faults;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever happens to a run at whichever of its calls, the next run ends in the same state as one
 * that nothing happened to.
 */
final class InterruptedDeployTest {
  private final Path folder;
  private int files;

  InterruptedDeployTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Rig rig() {
    return new Rig(folder.resolve("run-" + files++));
  }

  /** What is deployed: for the first time, over a revision, or on another instance type. */
  enum Deploying {
    FIRST,
    UPDATE,
    /** Takes two change sets, because autoscaling is attached. */
    INSTANCE
  }

  private static Consumer<Rig> before(Deploying deploying) {
    return rig -> {
      rig.folder.toFile().mkdirs();
      String scaling = deploying == Deploying.INSTANCE ? DeployerTest.SCALING : "";
      if (deploying != Deploying.FIRST) {
        rig.template = Rig.endpointTemplate("ml.g5.xlarge", "one", scaling);
        rig.deploy();
        rig.process++;
        rig.template =
            Rig.endpointTemplate(
                deploying == Deploying.INSTANCE ? "ml.g5.2xlarge" : "ml.g5.xlarge", "two", scaling);
      }
    };
  }

  private Map<String, String> undisturbed(Consumer<Rig> before) {
    Rig rig = rig();
    before.accept(rig);
    rig.deploy();
    return rig.state();
  }

  private int calls(Consumer<Rig> before) {
    Rig rig = rig();
    before.accept(rig);
    var counting = new MortalCloud(rig.cloud);
    rig.used = counting;
    rig.deploy();
    return counting.calls();
  }

  @ParameterizedTest
  @EnumSource
  void deployingAgainAfterKillAtAnyCallEndsAsIfNothingHadHappened(Deploying deploying) {
    Consumer<Rig> before = before(deploying);
    Map<String, String> expected = undisturbed(before);
    int calls = calls(before);
    assertThat(calls).isGreaterThan(40);
    for (int fatal = 1; fatal <= calls; fatal++) {
      Rig rig = rig();
      before.accept(rig);
      rig.used = new MortalCloud(rig.cloud, fatal);
      boolean died = false;
      try {
        rig.deploy();
      } catch (ProcessDied killed) {
        died = true;
      }
      assertThat(died).isTrue();
      rig.dead.add(rig.process);
      rig.deployAnew();

      assertThat(rig.state()).as("killed at call %d", fatal).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void deployingAgainAfterLostRequestOrReplyEndsAsIfNothingHadHappened(Deploying deploying) {
    Consumer<Rig> before = before(deploying);
    Map<String, String> expected = undisturbed(before);
    int calls = calls(before);
    for (int nth = 1; nth <= calls; nth++) {
      for (Fault fault : new Fault[] {new Fault.LostRequest(), new Fault.LostReply()}) {
        Rig rig = rig();
        before.accept(rig);
        rig.simulation.faults().on(Faults.ANY, nth, fault);
        try {
          rig.deploy();
        } catch (Failure told) {
          assertThat(told.next()).isNotEmpty();
        }
        rig.simulation.faults().clear();
        // The command has ended, and its process with it.
        rig.dead.add(rig.process);
        rig.deployAnew();

        assertThat(rig.state()).as("%s at call %d", fault, nth).isEqualTo(expected);
      }
    }
  }

  @Test
  void deployingAgainAfterExpiredCredentialsAtAnyCallEndsAsIfNothingHadHappened() {
    Consumer<Rig> before = before(Deploying.FIRST);
    Map<String, String> expected = undisturbed(before);
    int calls = calls(before);
    for (int nth = 1; nth <= calls; nth++) {
      Rig rig = rig();
      before.accept(rig);
      rig.simulation.faults().from(Faults.ANY, nth, Fault.expiredToken());
      try {
        rig.deploy();
      } catch (Failure told) {
        assertThat(told.next()).isNotEmpty();
      }
      rig.simulation.faults().clear();
      rig.dead.add(rig.process);
      rig.deployAnew();

      assertThat(rig.state()).as("expired at call %d", nth).isEqualTo(expected);
    }
  }
}
