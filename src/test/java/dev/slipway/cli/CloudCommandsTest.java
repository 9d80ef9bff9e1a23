package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.deploy.DeploymentLock;
import dev.slipway.deploy.Presence;
import dev.slipway.deploy.teardown.Deployed;
import dev.slipway.standin.kernel.Fault;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CloudCommandsTest {
  private static final String[] CHAT = {"--name", "chat", "--region", "eu-west-1"};

  private final Path home;
  private final Deployed account = new Deployed();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  CloudCommandsTest(@TempDir Path home) {
    this.home = home;
  }

  private int run(String command, String... more) {
    var arguments = new java.util.ArrayList<String>();
    arguments.add(command);
    arguments.addAll(List.of(CHAT));
    arguments.addAll(List.of(more));
    Map<String, String> environment = Map.of("SLIPWAY_HOME", home.toString());
    return Main.run(
        new Surroundings(
            new Console(new PrintWriter(out), new PrintWriter(err), environment, false),
            environment,
            Home.of(environment),
            new Distribution(Optional.empty()),
            SimulatedAdapters.of(account.cloud(), account.pace())),
        arguments.toArray(String[]::new));
  }

  @Test
  void statusIsTheContractsDocument() throws IOException {
    account.whole();

    assertThat(run("status", "--json")).isZero();

    var document = new ObjectMapper().readTree(out.toString());
    assertThat(document.path("target").asText()).isEqualTo("aws");
    assertThat(document.at("/endpoint/variants/0/instance").asText()).isEqualTo("ml.g5.2xlarge");
    assertThat(document.has("cost_per_hour")).isTrue();
  }

  @Test
  void destroyNeedsAYesWhereNobodyCanBeAsked() {
    account.whole();

    assertThat(run("destroy")).isEqualTo(ExitCode.USAGE);
    assertThat(account.serves("default")).isTrue();
  }

  @Test
  void destroyWorksWithoutTheManifestAndSaysWhatItDid() throws IOException {
    account.whole();

    assertThat(run("destroy", "--yes", "--json")).isZero();

    var document = new ObjectMapper().readTree(out.toString());
    assertThat(document.path("left")).isEmpty();
    assertThat(document.path("deleted")).isNotEmpty();
    assertThat(account.everything()).isEmpty();
  }

  @Test
  void destroyExitsNineWithWhatIsLeft() {
    account.whole();
    account.simulation().faults().from("DeleteLogGroup", 1, Fault.denied("logs:DeleteLogGroup"));

    assertThat(run("destroy", "--yes")).isEqualTo(ExitCode.LEFT_BEHIND);
    assertThat(err.toString()).contains("aws --region eu-west-1 logs delete-log-group");
  }

  @Test
  void destroyRespectsALock() {
    account.whole();
    var elsewhere = new Presence.Running("ci-7", "another machine", 42, "");
    var presence =
        new Presence() {
          @Override
          public Running here() {
            return elsewhere;
          }

          @Override
          public boolean gone(Running other) {
            return false;
          }
        };
    DeploymentLock.acquire(
        account.cloud().bucket(Deployed.BUCKET),
        "locks/default.json",
        "arn:of:another",
        presence,
        account.pace());

    assertThat(run("destroy", "--yes")).isEqualTo(ExitCode.LOCK_HELD);
    assertThat(err.toString()).contains("arn:of:another", "ci-7", "slipway unlock");
  }

  @Test
  void logsAreTheContainers() {
    account.whole();

    assertThat(run("logs")).isZero();
    assertThat(out.toString()).contains("main/i-1", "ready");
  }

  private int ofProd(String... arguments) {
    account.whole();
    account.begin(
        Deployed.names("prod").endpointStack(),
        Deployed.endpoint("prod").replace("AsyncInferenceConfig", "DataCaptureConfig"),
        "prod");
    account.pace().pause(java.time.Duration.ofHours(1));
    Map<String, String> environment = Map.of("SLIPWAY_HOME", home.toString());
    return Main.run(
        new Surroundings(
            new Console(new PrintWriter(out), new PrintWriter(err), environment, false),
            environment,
            Home.of(environment),
            new Distribution(Optional.empty()),
            SimulatedAdapters.of(account.cloud(), account.pace())),
        arguments);
  }

  @Test
  void aQuestionGoesToTheEndpointItselfAndThatIsSaid() {
    int code = ofProd("ask", "--name", "chat@prod", "--target", "aws", "Are you there?");

    assertThat(code).isZero();
    assertThat(out.toString()).isNotBlank();
    assertThat(err.toString()).contains("no documents are searched");
  }

  @Test
  void anAnswerOfTheEndpointHasTheDocumentOfTheService() throws IOException {
    assertThat(ofProd("ask", "--json", "--name", "chat@prod", "--target", "aws", "Hello?"))
        .isZero();

    var document = new ObjectMapper().readTree(out.toString());
    assertThat(document.path("answer").asText()).isNotBlank();
    assertThat(document.path("sources").isArray()).isTrue();
  }

  @Test
  void aSearchOfDocumentsIsRefusedWhereNothingWouldSearch() {
    assertThat(run("ask", "-k", "3", "Hello?")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void whatIsChosenByItsNameAloneIsOfThisMachineAsBefore() throws IOException {
    account.whole();
    Map<String, String> environment = Map.of("SLIPWAY_HOME", home.toString());

    int code =
        Main.run(
            new Surroundings(
                new Console(new PrintWriter(out), new PrintWriter(err), environment, false),
                environment,
                Home.of(environment),
                new Distribution(Optional.empty()),
                SimulatedAdapters.of(account.cloud(), account.pace())),
            "status",
            "--name",
            "chat",
            "--json");

    assertThat(code).isZero();
    assertThat(new ObjectMapper().readTree(out.toString()).path("target").asText())
        .isEqualTo("local");
  }

  @Test
  void whatWasOnlyIndexedHereIsTheClouds() throws IOException {
    account.whole();
    Path manifest = home.resolve("slipway.yaml");
    Files.writeString(
        manifest,
        """
        name: chat
        target: aws
        region: eu-west-1
        model: {source: "hf://org/name"}
        api: {keys: "secret:chat/api-keys"}
        """);
    Path index = Files.createDirectories(home.resolve("state/local/chat/index"));
    Files.writeString(index.resolve("segments_1"), "passages");

    assertThat(of(manifest, "status", "--json")).isZero();
    assertThat(new ObjectMapper().readTree(out.toString()).path("target").asText())
        .isEqualTo("aws");
    assertThat(of(manifest, "destroy", "--yes")).isZero();

    assertThat(account.everything()).isEmpty();
    assertThat(index.resolve("segments_1")).exists();
  }

  private int of(Path manifest, String command, String more) {
    Map<String, String> environment = Map.of("SLIPWAY_HOME", home.toString());
    return Main.run(
        new Surroundings(
            new Console(new PrintWriter(out), new PrintWriter(err), environment, false),
            environment,
            Home.of(environment),
            new Distribution(Optional.empty()),
            SimulatedAdapters.of(account.cloud(), account.pace())),
        command,
        "-f",
        manifest.toString(),
        more);
  }
}
