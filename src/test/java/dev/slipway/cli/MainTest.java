package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.local.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MainTest {
  @TempDir private Path home = Path.of("");
  private CommandLineFixture slipway = new CommandLineFixture(home);

  @BeforeEach
  void inAHomeOfItsOwn() {
    slipway = new CommandLineFixture(home);
  }

  @Test
  void helpListsTheExitCodesAndAnExample() {
    var result = slipway.run("--help");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).contains("130", "manifest invalid", "Examples:", "slipway up");
  }

  @ParameterizedTest
  @ValueSource(strings = {"help", "--help"})
  void helpListsEveryCommand(String help) {
    var result = slipway.run(help);

    assertThat(result.exitCode()).isZero();
    assertThat(result.out().lines().map(line -> line.strip().split(" ", 2)[0]))
        .containsAll(SlipwayCommand.COMMANDS.keySet());
  }

  @Test
  void helpOfAnotherCommandIsShown() {
    assertThat(slipway.run("help", "deploy").out()).startsWith("Usage: slipway deploy");
  }

  static Stream<String> commands() {
    return SlipwayCommand.COMMANDS.keySet().stream();
  }

  /** Each is looked up by the name that its annotation says again. */
  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandIsFoundByItsName(String command) {
    var result = slipway.run(command, "--help");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).contains("Usage: slipway " + command);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up",
        "ask",
        "status",
        "logs",
        "down",
        "destroy",
        "index",
        "traces",
        "serve",
        "init",
        "validate",
        "schema",
        "doctor"
      })
  void everyCommandHelpsWithExamples(String command) {
    var result = slipway.run(command, "--help");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).contains("Examples:", "slipway " + command);
  }

  @Test
  void aMistypedCommandNamesTheOneThatWasMeant() {
    var result = slipway.run("staus");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("status");
  }

  @Test
  void scriptsGetTheErrorAsJsonAndNothingElseOnStandardOutput() throws IOException {
    var result = slipway.run("status", "--json", "--nonsense");

    JsonNode error = result.json().path("error");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(error.path("code").asText()).isEqualTo("usage");
    assertThat(error.path("what").asText()).isNotBlank();
    assertThat(error.path("next").asText()).contains("--help");
    assertThat(error.path("retriable").asBoolean()).isFalse();
  }

  @Test
  void anInvalidManifestIsExitCode3WithEveryProblemAndItsLine() throws IOException {
    Path file = home.resolve("bad.yaml");
    Files.writeString(
        file, "name: Chat\nmodle: {}\nendpoint: {kind: realtime, scaling: {min: 3, max: 1}}\n");

    var result = slipway.run("validate", "-f", file.toString());

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("line 1", "line 2", "model", "endpoint.scaling.max");
  }

  @Test
  void aManifestThatIsNotThereIsNotCalledALineToMend() {
    var result = slipway.run("validate", "-f", home.resolve("absent.yaml").toString());

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("there is no such file", "-f FILE", "slipway init");
    assertThat(result.err()).doesNotContain("each line");
  }

  @Test
  void initWritesAManifestThatValidatesAndNeverOverwritesOne() throws IOException {
    Path file = home.resolve("chat/slipway.yaml");

    assertThat(slipway.run("init", "--model", "file:model.gguf", file.toString()).exitCode())
        .isZero();
    String written = Files.readString(file);
    assertThat(slipway.run("validate", "-f", file.toString()).exitCode()).isZero();
    var again = slipway.run("init", "--json", file.toString());

    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.json().path("error").path("code").asText()).isEqualTo("exists");
    assertThat(Files.readString(file)).isEqualTo(written);
  }

  @Test
  void theSchemaIsOneJsonDocument() throws IOException {
    assertThat(slipway.run("schema").json().path("$schema").asText()).contains("2020-12");
  }

  @Test
  void statusOfWhatWasNeverStartedIsAbsent() throws IOException {
    var result = slipway.run("status", "--json");

    assertThat(result.exitCode()).isZero();
    assertThat(result.json().path("status").asText()).isEqualTo("absent");
    assertThat(result.json().path("cost_per_hour").asDouble()).isZero();
  }

  @Test
  void askingWhatDoesNotRunSaysHowToStartIt() {
    var result = slipway.run("ask", "anything");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("not running", "slipway up");
  }

  @Test
  void downOfWhatDoesNotRunIsDone() throws IOException {
    assertThat(slipway.run("down", "--json").json().path("stopped").asBoolean()).isFalse();
  }

  @Test
  void destroyWithoutATerminalWantsYes() throws IOException {
    Files.createDirectories(home.resolve("state/local/slipway-demo"));

    var refused = slipway.run("destroy");
    var done = slipway.run("destroy", "--yes", "--json");

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("--yes");
    assertThat(done.json().path("left")).isEmpty();
    assertThat(home.resolve("state/local/slipway-demo")).doesNotExist();
  }

  @Test
  void aNameNeverLeadsOutOfTheState() {
    var result = slipway.run("destroy", "--yes", "--name", "../../victim");

    assertThat(result.exitCode()).isEqualTo(2);
  }

  @Test
  void anUnknownCollectionListsTheKnownOnes() {
    var result = slipway.run("index", home.toString(), "--collection", "nobody");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("docs");
  }

  @Test
  void theStateFolderIsItsOwnersAlone() throws IOException {
    slipway.run("index", home.toString());

    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve("state/local/slipway-demo"))))
        .isEqualTo("rwx------");
  }

  @Test
  void theCompletionScriptIsOneThatBashReads() throws Exception {
    Path script = home.resolve("completion.sh");
    Files.writeString(script, slipway.run("generate-completion").out());

    Process bash = new ProcessBuilder("bash", "-n", script.toString()).start();

    assertThat(bash.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(bash.exitValue()).isZero();
    assertThat(Files.readString(script)).contains("slipway", "traces");
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "serve", "doctor"})
  void aPortThatNoMachineHasIsWrongUsageAndNoDefect(String command) throws IOException {
    for (String port : new String[] {"-1", "65536", "99999999999", "http"}) {
      var result = slipway.run(command, "--json", "--port=" + port);

      assertThat(result.exitCode()).isEqualTo(2);
      assertThat(result.json().path("error").path("why").asText())
          .contains("a port is 0 to 65535", port);
    }
  }

  @Test
  void doctorSeesAFileInThePlaceOfTheStateFolder() throws IOException {
    Path file = Files.writeString(home.resolve("file"), "in the way");

    var result = new CommandLineFixture(file).run("doctor", "--json");

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.json().path("checks").toString()).contains("is a file", "SLIPWAY_HOME");
  }

  @Test
  void aFileInThePlaceOfTheStateFolderIsSaidOnce() throws IOException {
    Path file = Files.writeString(home.resolve("file"), "in the way");

    var result = new CommandLineFixture(file).run("down");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("run.lock: Not a directory", "SLIPWAY_HOME");
  }

  @Test
  void logsOfNoNumberOfLinesAreWrongUsage() throws IOException {
    assertThat(slipway.run("logs", "-n", "-5").exitCode()).isEqualTo(2);
  }

  @Test
  void logsAreOneJsonDocument() throws IOException {
    Path logs = Files.createDirectories(home.resolve("state/local/slipway-demo/logs"));
    Files.writeString(logs.resolve("container.log"), "one\ntwo\nthree\n");
    Files.writeString(logs.resolve("service.log"), "four\n");

    JsonNode lines = slipway.run("logs", "--json", "-n", "2").json().path("lines");

    assertThat(lines.findValuesAsText("line")).containsExactly("two", "three", "four");
    assertThat(lines.findValuesAsText("log")).containsExactly("container", "container", "service");
  }

  @Test
  void doctorLooksForNodeAndCredentialsAndAsksNothingOfAws() throws IOException {
    slipway.set("PATH", home.toString());
    slipway.set("HOME", home.toString());
    String none = slipway.run("doctor", "--json").json().path("checks").toString();
    slipway.set("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE");
    String named = slipway.run("doctor", "--json").json().path("checks").toString();

    assertThat(none).contains("no `node` on the PATH", "SLIPWAY_NODE", "no credentials");
    assertThat(named).contains("credentials by AWS_ACCESS_KEY_ID").doesNotContain("AKIAEXAMPLE");
    assertThat(slipway.run("doctor", "--aws", "--json").json().path("checks").toString())
        .as("asked outright")
        .contains("Nothing can be started");
  }

  @Test
  void doctorNamesWhatToDoAboutAPortInUse() throws IOException {
    try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.ofLiteral("127.0.0.1"))) {
      var result = slipway.run("doctor", "--json", "--port", String.valueOf(taken.getLocalPort()));

      assertThat(result.json().path("checks").toString()).contains("is in use", "--port N");
    }
  }

  @Test
  void aDeploymentWhoseStateIsUnreadableIsStillSeenToRun() throws Exception {
    var folder = new StateFolder(home.resolve("state/local/slipway-demo"));
    try (var _ = folder.tryHold().orElseThrow()) {
      Files.writeString(folder.path().resolve("state.json"), "no JSON");

      // Two locks in one JVM overlap, which the operating system would tell another process.
      var status = new SlipwayProcess(home).run("status", "--json");

      assertThat(status.json().path("status").asText()).isEqualTo("running");
      assertThat(status.json().path("last_error").asText()).contains("slipway down");
    }
  }
}
