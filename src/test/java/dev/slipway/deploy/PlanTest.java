package dev.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.plan.Change;
import dev.slipway.plan.Plan;
import dev.slipway.standin.kernel.Fault;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlanTest {
  private final Rig rig;

  PlanTest(@TempDir Path folder) {
    this.rig = new Rig(folder);
  }

  private int calls(String operation) {
    return rig.simulation.faults().calls().getOrDefault(operation, 0);
  }

  private Plan planOfAnUpdate() {
    rig.deploy();
    rig.template = Rig.endpointTemplate("ml.g5.xlarge", "two", "");
    return new Deployer(rig.collaborators()).plan(rig.manifest(), rig.lockFile());
  }

  @Test
  void planOfAnUpdateSaysWhatCloudFormationWouldDo() {
    Plan plan = planOfAnUpdate();

    assertThat(plan.changes())
        .filteredOn(change -> change.type().equals("AWS::SageMaker::Endpoint"))
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change.action()).isEqualTo(Change.Action.UPDATE);
              assertThat(change.name()).as("the physical name").contains("chat");
            });
    assertThat(plan.changes())
        .filteredOn(change -> change.action() == Change.Action.REPLACE)
        .isNotEmpty();
  }

  @Test
  void planLeavesNoChangeSetAndTheDeployStillDoesWhatItSaid() {
    rig.deploy();
    var before = rig.state();
    int applied = calls("ExecuteChangeSet");

    planOfAnUpdate();

    assertThat(calls("DeleteChangeSet")).isEqualTo(1);
    assertThat(calls("ExecuteChangeSet")).isEqualTo(applied);
    assertThat(rig.state()).isEqualTo(before);
    assertThat(rig.deploy().changed()).isTrue();
  }

  @Test
  void planIsShownToThoseWhoMayNotMakeChangeSetsToo() {
    rig.deploy();
    rig.simulation
        .faults()
        .from("CreateChangeSet", 1, Fault.denied("cloudformation:CreateChangeSet"));
    rig.template = Rig.endpointTemplate("ml.g5.xlarge", "two", "");

    Plan plan = new Deployer(rig.collaborators()).plan(rig.manifest(), rig.lockFile());

    assertThat(plan.changes()).isNotEmpty();
    assertThat(rig.notes()).anyMatch(note -> note.startsWith("CloudFormation was not asked"));
  }
}
