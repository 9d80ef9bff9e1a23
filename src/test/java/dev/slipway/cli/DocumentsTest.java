package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.slipway.cli.CommandLineFixture.Result;
import dev.slipway.deploy.Rig;
import dev.slipway.plan.Templates;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.FakeCloud;
import dev.slipway.standin.kernel.Fault;
import dev.slipway.standin.kernel.VirtualPace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Holds what commands print with {@code --json} to the schemas that scripts rely on. */
final class DocumentsTest {
  private final VirtualPace pace = new VirtualPace();
  private final CloudSimulation simulation = new CloudSimulation(pace);
  private final CommandLineFixture slipway;
  private final Path file;

  DocumentsTest(@TempDir Path folder) throws IOException {
    this.slipway =
        new CommandLineFixture(
            folder.resolve("home"),
            new SimulatedAdapters(
                new FakeCloud(simulation),
                pace,
                (_, _, _) ->
                    new Templates(
                        Rig.storeTemplate(), Rig.endpointTemplate("ml.g5.xlarge", "one", ""))));
    this.file = folder.resolve("slipway.yaml");
    Path model = Path.of("..", "demo-model").toAbsolutePath().normalize();
    Files.writeString(
        file,
        "name: chat\nregion: eu-west-1\nmodel: {source: \"file:"
            + model
            + "\"}\nendpoint: {instance: ml.g5.xlarge}\n");
    simulation.conditions().creating(Duration.ofSeconds(6));
  }

  private JsonNode document(String schema, int code, String... arguments) throws IOException {
    Result result = slipway.run(arguments);
    assertThat(result.exitCode()).as(result.err()).isEqualTo(code);
    JsonNode document = result.json();
    assertThat(problems(schema, document)).as(document.toPrettyString()).isEmpty();
    return document;
  }

  static java.util.Set<com.networknt.schema.ValidationMessage> problems(
      String schema, JsonNode document) throws IOException {
    try (InputStream text =
        Optional.ofNullable(
                DocumentsTest.class.getResourceAsStream("/contract/" + schema + ".schema.json"))
            .orElseThrow()) {
      return JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(text).validate(document);
    }
  }

  @Test
  void aDeploymentsWholeLifeIsToldAsTheContractSays() throws IOException {
    String manifest = file.toString();

    JsonNode plan = document("plan", ExitCode.DONE, "plan", "-f", manifest, "--json");
    assertThat(plan.path("changes")).isNotEmpty();
    document("plan", 2, "plan", "-f", manifest, "--json", "--detailed-exitcode");
    assertThat(
            document(
                    "plan", 2, "plan", "-f", manifest, "--json", "--offline", "--detailed-exitcode")
                .toString())
        .contains("6 files");
    JsonNode absent =
        document("status", ExitCode.DONE, "status", "-f", manifest, "--target", "aws", "--json");
    assertThat(absent.path("endpoint").isNull()).isTrue();

    JsonNode first = document("deploy", ExitCode.DONE, "deploy", "-f", manifest, "--yes", "--json");
    assertThat(first.path("changed").asBoolean()).isTrue();
    JsonNode second =
        document("deploy", ExitCode.DONE, "deploy", "-f", manifest, "--yes", "--json");
    assertThat(second.path("changed").asBoolean()).isFalse();
    JsonNode nothing =
        document("plan", ExitCode.DONE, "plan", "-f", manifest, "--json", "--detailed-exitcode");
    assertThat(nothing.path("changes")).isEmpty();
    JsonNode running =
        document("status", ExitCode.DONE, "status", "-f", manifest, "--target", "aws", "--json");
    assertThat(running.path("endpoint").path("status").asText()).isEqualTo("InService");
    assertThat(running.path("model").path("commit").asText()).isNotEmpty();

    document(
        "destroy",
        ExitCode.DONE,
        "destroy",
        "-f",
        manifest,
        "--target",
        "aws",
        "--dry-run",
        "--json");
    JsonNode gone =
        document(
            "destroy",
            ExitCode.DONE,
            "destroy",
            "-f",
            manifest,
            "--target",
            "aws",
            "--yes",
            "--json");
    assertThat(gone.path("deleted")).isNotEmpty();
    assertThat(gone.path("left")).isEmpty();
  }

  @Test
  void whatADestroyLeavesIsToldWithItsReasonAndItsCommand() throws IOException {
    slipway.run("deploy", "-f", file.toString(), "--yes", "--json");
    simulation.with(
        now -> now.logs().write("/aws/sagemaker/Endpoints/chat", "main", List.of("ready")));
    simulation.faults().from("DeleteLogGroup", 1, Fault.denied("logs:DeleteLogGroup"));

    JsonNode left =
        document(
            "destroy",
            ExitCode.LEFT_BEHIND,
            "destroy",
            "-f",
            file.toString(),
            "--target",
            "aws",
            "--yes",
            "--json");

    assertThat(left.path("left").toString())
        .contains("aws --region eu-west-1 logs delete-log-group", "slipway-chat-store");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whatADestroyLeavesOnThisMachineIsToldInTheSameWay() throws IOException {
    Path kept = slipway.home().resolve("state/local/chat/kept");
    Files.createDirectories(kept);
    Files.createFile(kept.resolve("file"));
    Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("r-x------"));
    try {
      assumeFalse(Files.isWritable(kept), "this user may delete everything");

      JsonNode left =
          document("destroy", ExitCode.LEFT_BEHIND, "destroy", "--yes", "--name", "chat", "--json");

      assertThat(left.at("/left/0/reason").asText()).contains("permission denied");
      assertThat(left.at("/left/0/remove").asText()).contains("rm -r", "state/local/chat");
    } finally {
      Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void modelsAndFailuresAreToldAsTheContractSays() throws IOException {
    String manifest = file.toString();
    for (String command : new String[] {"lock", "inspect", "pull", "verify"}) {
      document("model", ExitCode.DONE, "model", command, "-f", manifest, "--json");
    }

    document("failure", ExitCode.USAGE, "plan", "--nonsense", "--json");
    document("failure", ExitCode.MANIFEST_INVALID, "plan", "-f", manifest + ".absent", "--json");
    simulation.conditions().scarce("ml.g5.xlarge");
    JsonNode scarce =
        document("failure", ExitCode.ROLLED_BACK, "deploy", "-f", manifest, "--yes", "--json");
    assertThat(scarce.path("error").path("code").asText()).isEqualTo("no_capacity");
  }
}
