package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.cli.CommandLineFixture.Result;
import dev.slipway.deploy.Rig;
import dev.slipway.model.DemoModel;
import dev.slipway.plan.Templates;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.FakeCloud;
import dev.slipway.standin.kernel.VirtualPace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deploy with a gate: the real service in this process, over the endpoint of a simulation. */
final class DeployGateTest {
  private final VirtualPace pace = new VirtualPace();
  private final FakeCloud cloud = new FakeCloud(new CloudSimulation(pace));
  private final Path folder;
  private final CommandLineFixture slipway;

  DeployGateTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    String template = Rig.endpointTemplate("ml.g4dn.xlarge", "one", "");
    slipway =
        new CommandLineFixture(
            folder.resolve("home"),
            new SimulatedAdapters(
                cloud, pace, (_, _, _) -> new Templates(Rig.storeTemplate(), template)));
    Files.writeString(
        folder.resolve("questions.yaml"), "- query: Say hello.\n  sources: [docs/hello.md]\n");
    write("recall=0.9,failed=0");
  }

  private void write(String gate) throws IOException {
    Files.writeString(
        folder.resolve("slipway.yaml"),
        """
        name: chat
        region: eu-west-1
        model: {source: "file:%s"}
        endpoint: {instance: ml.g4dn.xlarge}
        eval: {questions: questions.yaml, gate: "%s"}
        """
            .formatted(DemoModel.folder(), gate));
  }

  private Result deploy() {
    return slipway.run(
        "deploy", "-f", folder.resolve("slipway.yaml").toString(), "--yes", "--json");
  }

  private void index() throws IOException {
    Files.createDirectories(
        Home.of(Map.of("SLIPWAY_HOME", slipway.home().toString()))
            .deployment(new dev.slipway.manifest.DeploymentName("chat"), "default")
            .resolve("index"));
  }

  @Test
  void aRevisionWhoseAnswersMissTheGateIsToldWithTheWayBackAndTestedAgain() throws IOException {
    index();

    Result missed = deploy();

    assertThat(missed.exitCode()).as(missed.out() + missed.err()).isEqualTo(ExitCode.GATE_FAILED);
    assertThat(missed.json().path("error").path("code").asText()).isEqualTo("eval_failed");
    assertThat(missed.json().path("error").path("why").asText())
        .isEqualTo("recall is 0.000, 0.900 below 0.900.");
    assertThat(missed.json().path("error").path("next").asText())
        .contains("slipway rollback", "slipway eval");

    write("failed=0");
    Result passed = deploy();

    assertThat(passed.exitCode()).as(passed.out() + passed.err()).isZero();
    assertThat(passed.json().path("changed").asBoolean()).isTrue();
    assertThat(passed.err())
        .contains("The answers to 1 question reach their gate")
        .contains("the endpoint \"chat\", through a service of this process");
    assertThat(passed.json().path("eval").path("asked").asText()).isEqualTo("endpoint");
    assertThat(passed.json().path("eval").path("gates").path(0).path("name").asText())
        .isEqualTo("failed");
  }

  @Test
  void aDeployedEndpointIsEvaluatedThroughAServiceOfThisProcess() throws IOException {
    index();
    String manifest = folder.resolve("slipway.yaml").toString();
    Files.writeString(
        Path.of(manifest), Files.readString(Path.of(manifest)).replaceFirst("(?m)^eval: .*\n", ""));
    assertThat(deploy().exitCode()).isZero();

    Result done =
        slipway.run(
            "eval",
            folder.resolve("questions.yaml").toString(),
            "-f",
            manifest,
            "--target",
            "aws",
            "--gate",
            "failed=0",
            "--json");

    assertThat(done.exitCode()).as(done.out() + done.err()).isZero();
    assertThat(done.json().path("results").path(0).path("answer").asText()).isNotEmpty();
    assertThat(done.json().path("latency").has("generate")).isTrue();
  }

  @Test
  void whatCanNotBeAskedIsToldBeforeAnythingIsDeployed() throws IOException {
    Result unindexed = deploy();
    assertThat(unindexed.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(unindexed.out()).contains("slipway index");

    index();
    write("recal=0.9");
    assertThat(deploy().exitCode()).isEqualTo(ExitCode.USAGE);
    Files.writeString(folder.resolve("questions.yaml"), "- answer: so\n");
    write("recall=0.9");
    assertThat(deploy().out()).contains("line 1: query: is missing");

    assertThat(cloud.stacks().tagged(Map.of())).isEmpty();
  }
}
