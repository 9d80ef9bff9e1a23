package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.deploy.Rig;
import dev.slipway.model.DemoModel;
import dev.slipway.plan.Templates;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.FakeCloud;
import dev.slipway.standin.kernel.VirtualPace;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real arguments against a simulated account. */
final class DeployCommandsTest {
  private final VirtualPace pace = new VirtualPace();
  private final CloudSimulation simulation = new CloudSimulation(pace);
  private final FakeCloud cloud = new FakeCloud(simulation);
  private final Path folder;
  private String template = Rig.endpointTemplate("ml.g4dn.xlarge", "one", "");
  private String err = "";

  DeployCommandsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private record Result(int code, String out) {
    JsonNode json() throws IOException {
      return new ObjectMapper().readTree(out);
    }
  }

  @BeforeEach
  void writeTheManifest() throws IOException {
    Files.writeString(
        folder.resolve("slipway.yaml"),
        """
        name: chat
        target: aws
        region: eu-west-1
        model: {source: "file:%s"}
        endpoint: {instance: ml.g4dn.xlarge, scaling: {min: 1, max: 4}}
        """
            .formatted(DemoModel.folder()));
  }

  private Result run(String... arguments) {
    var out = new StringWriter();
    var errors = new StringWriter();
    Map<String, String> environment = Map.of("CI", "true");
    var all = new ArrayList<>(List.of(arguments));
    all.addAll(1, List.of("-f", folder.resolve("slipway.yaml").toString()));
    int code =
        Main.run(
            new Surroundings(
                new Console(new PrintWriter(out), new PrintWriter(errors), environment, false),
                environment,
                new Home(folder.resolve("state"), folder.resolve("cache")),
                new Distribution(Optional.empty()),
                new SimulatedAdapters(
                    cloud, pace, (_, _, _) -> new Templates(Rig.storeTemplate(), template))),
            all.toArray(String[]::new));
    err = errors.toString();
    return new Result(code, out.toString());
  }

  @Test
  void deploySaysWhatRunsAndASecondOneChangesNothing() throws IOException {
    Result first = run("deploy", "--yes", "--json");
    Result second = run("deploy", "--yes", "--json");

    assertThat(first.code()).as(first.out()).isZero();
    assertThat(first.json().path("changed").asBoolean()).isTrue();
    assertThat(first.json().path("revision").asInt()).isEqualTo(1);
    assertThat(first.json().path("smoke").asText()).isEqualTo("passed");
    assertThat(second.code()).isZero();
    assertThat(second.json().path("changed").asBoolean(true)).isFalse();
    assertThat(second.json().path("bucket")).isEqualTo(first.json().path("bucket"));
  }

  @Test
  void planChangesNothingAndTellsPipelinesByItsExitCode() throws IOException {
    Result before = run("plan", "--json", "--detailed-exitcode");

    assertThat(before.code()).as(err).isEqualTo(2);
    assertThat(before.json().path("changes").findValuesAsText("type"))
        .contains("AWS::SageMaker::Endpoint", "Slipway::Objects");
    assertThat(cloud.stacks().tagged(Map.of())).isEmpty();

    run("deploy", "--yes");
    Result after = run("plan", "--json", "--detailed-exitcode");
    assertThat(after.code()).as(err).isZero();
    assertThat(after.json().path("changes")).isEmpty();
  }

  @Test
  void aPipelineWithoutYesIsToldHowToApproveAndNothingChanges() {
    Result refused = run("deploy");

    assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
    assertThat(err).contains("--yes", "slipway plan");
    assertThat(cloud.stacks().tagged(Map.of())).isEmpty();
  }

  @Test
  void rollbackPutsBackWhatRanBeforeAndHistoryTellsIt() throws IOException {
    run("deploy", "--yes");
    template = Rig.endpointTemplate("ml.g4dn.xlarge", "two", "");
    run("deploy", "--yes");

    Result back = run("rollback", "--yes", "--json");
    Result history = run("history", "--json");

    assertThat(back.code()).as(err).isZero();
    assertThat(back.json().path("revision").asInt()).isEqualTo(3);
    assertThat(history.json().path("revisions").findValuesAsText("number"))
        .containsExactly("3", "2", "1");
    assertThat(history.json().path("revisions").path(0).path("rollback_of").asInt()).isEqualTo(1);
    assertThat(cloud.stacks().template("slipway-chat-endpoint")).contains("one");
  }

  @Test
  void scaleChangesWhatRunsAndRefusesWhatTheKindCanNotDo() throws IOException {
    run("deploy", "--yes");

    Result two = run("scale", "2", "--json");
    Result zero = run("scale", "--min", "0");

    assertThat(two.code()).as(err).isZero();
    assertThat(two.json().path("desired").asInt()).isEqualTo(2);
    assertThat(zero.code()).isEqualTo(ExitCode.USAGE);
    assertThat(err).contains("endpoint.components: true", "async");
  }

  @Test
  void unlockOfALockThatNobodyHoldsSaysSo() {
    run("deploy", "--yes");

    assertThat(run("unlock", "0badcafe").code()).isEqualTo(ExitCode.USAGE);
    assertThat(err).contains("no run holds it");
  }
}
