package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipway.cli.CommandLineFixture.Result;
import dev.slipway.deploy.Rig;
import dev.slipway.image.BuiltImage;
import dev.slipway.image.ImagePlan;
import dev.slipway.model.DemoModel;
import dev.slipway.plan.Templates;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.FakeCloud;
import dev.slipway.standin.kernel.VirtualPace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real arguments about a deployment whose service has a model of its own, and no endpoint. */
final class EmbeddedCommandsTest {
  private static final String DIGEST = "sha256:" + "ab".repeat(32);

  private final VirtualPace pace = new VirtualPace();
  private final CloudSimulation simulation = new CloudSimulation(pace);
  private final FakeCloud cloud = new FakeCloud(simulation);
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<ImagePlan> built = new ArrayList<>();
  private final HttpServer balancer;
  private final Path folder;
  private final CommandLineFixture slipway;

  EmbeddedCommandsTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    balancer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    balancer.createContext("/", this::handle);
    balancer.start();
    String service =
        Rig.serviceTemplate("one")
            .replace("{\"Fn::Sub\": \"http://${LoadBalancer.DNSName}\"}", "\"" + url() + "\"");
    slipway =
        new CommandLineFixture(
            folder.resolve("home"),
            new SimulatedAdapters(
                cloud,
                pace,
                (_, _, _) ->
                    new Templates(Rig.storeTemplate(), Optional.empty(), Optional.of(service)),
                (plan, _, _) -> {
                  built.add(plan);
                  simulation.with(
                      now -> now.images().push("slipway-chat-store", DIGEST, plan.tag()));
                  return new BuiltImage(DIGEST, plan.tag());
                }));
    Files.writeString(
        folder.resolve("questions.yaml"), "- query: Say hello.\n  sources: [docs/hello.md]\n");
    write("host: fargate", "");
  }

  private void write(String host, String more) throws IOException {
    Files.writeString(
        folder.resolve("slipway.yaml"),
        """
        name: chat
        region: eu-west-1
        model: {source: "file:%s"}
        api:
          engine: embedded
          %s
          keys: secret:chat-keys
          fargate: {vpc: vpc-0123456789abcdef0, subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]}
        %s
        """
            .formatted(DemoModel.folder(), host, more));
  }

  @AfterEach
  void stop() {
    balancer.stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + balancer.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String key = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
      if (exchange.getRequestURI().getPath().equals("/rag")) {
        asked.add(body);
      }
      byte[] answer =
          """
          {"answer": "Hello.", "sources": [], "timings": {"total": 9}, "trace_id": "t"}
          """
              .getBytes(StandardCharsets.UTF_8);
      boolean known =
          exchange.getRequestURI().getPath().equals("/health/live") || key.equals("Bearer the-key");
      exchange.sendResponseHeaders(known ? 200 : 401, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private Result run(String command, String... more) {
    var arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("-f", folder.resolve("slipway.yaml").toString()));
    return slipway.run(arguments.toArray(String[]::new));
  }

  private JsonNode document(String schema, Result result) throws IOException {
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    assertThat(DocumentsTest.problems(schema, result.json())).isEmpty();
    return result.json();
  }

  @Test
  void itsWholeLifeIsToldAsTheContractSays() throws IOException {
    slipway.set("SLIPWAY_SECRET_CHAT_KEYS", "the-key");

    JsonNode plan = document("plan", run("plan", "--json"));
    assertThat(plan.path("changes").toString())
        .contains("AWS::ECS::Service")
        .doesNotContain("SageMaker", "endpoint");
    JsonNode offline = document("plan", run("plan", "--json", "--offline"));
    assertThat(offline.path("changes").toString()).doesNotContain("SageMaker");
    assertThat(built).isEmpty();

    JsonNode first = document("deploy", run("deploy", "--yes", "--json"));
    assertThat(first.path("endpoint").isNull()).isTrue();
    assertThat(first.path("stack").asText()).isEqualTo("slipway-chat-api");
    assertThat(first.path("smoke").asText()).isEqualTo("passed");
    assertThat(layer("model"))
        .contains("model/model.gguf")
        .doesNotContain("model/model.safetensors");
    assertThat(layer("libraries")).anyMatch(path -> path.startsWith("lib/llama-"));
    JsonNode second = document("deploy", run("deploy", "--yes", "--json"));
    assertThat(second.path("changed").asBoolean(true)).isFalse();
    assertThat(built).hasSize(1);

    JsonNode status = document("status", run("status", "--target", "aws", "--json"));
    assertThat(status.path("status").asText()).isEqualTo("running");
    assertThat(status.path("endpoint").isNull()).isTrue();
    assertThat(run("history").out()).contains("deployed", "beside the service");
    assertThat(run("status", "--target", "aws").out()).contains(url()).doesNotContain("endpoint");

    JsonNode gone = document("destroy", run("destroy", "--target", "aws", "--yes", "--json"));
    assertThat(gone.path("left")).isEmpty();
    assertThat(cloud.stacks().tagged(Map.of())).isEmpty();
  }

  private List<String> layer(String name) {
    return built.getFirst().layers().stream()
        .filter(layer -> layer.name().equals(name))
        .flatMap(layer -> layer.entries().stream())
        .map(ImagePlan.Entry::path)
        .toList();
  }

  @Test
  void questionsGoToTheServiceAndWhatNeedsAnEndpointSaysWhereElse() throws IOException {
    slipway.set("SLIPWAY_SECRET_CHAT_KEYS", "the-key");
    assertThat(run("deploy", "--yes").exitCode()).isZero();
    asked.clear();

    Result answer = run("ask", "Say hello.", "-k", "2", "--target", "aws", "--json");

    assertThat(answer.json().path("answer").asText()).isEqualTo("Hello.");
    assertThat(asked).singleElement().asString().contains("Say hello.", "\"k\":2");
    Result invoked = run("invoke", folder.resolve("questions.yaml").toString(), "--target", "aws");
    assertThat(invoked.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(invoked.err()).contains("no endpoint", "slipway ask", url());
    simulation.with(
        now -> now.logs().write("/slipway/chat/api", "service/1", List.of("Listening")));
    assertThat(run("logs", "--target", "aws").out()).contains("Listening");
  }

  @Test
  void withoutAKeyTheGateAsksTheSameModelOnThisMachineBeforeCallersGetIt() throws IOException {
    write("host: fargate", "eval: {questions: questions.yaml, gate: \"failed=0\"}");
    Files.createDirectories(
        Home.of(Map.of("SLIPWAY_HOME", slipway.home().toString()))
            .deployment(new dev.slipway.manifest.DeploymentName("chat"), "default")
            .resolve("index"));

    Result done = run("deploy", "--yes", "--json");

    assertThat(done.exitCode()).as(done.out() + done.err()).isZero();
    assertThat(done.json().path("eval").path("asked").asText()).isEqualTo("model");
    assertThat(done.err()).contains("with the same model and index");
    assertThat(DocumentsTest.problems("deploy", done.json())).isEmpty();
    assertThat(asked).isEmpty();
  }

  @Test
  void onThisMachineAloneThereIsNothingToDeploy() throws IOException {
    write("host: local", "");

    for (List<String> command :
        List.of(List.of("plan"), List.of("plan", "--offline"), List.of("deploy", "--yes"))) {
      Result refused =
          run(command.getFirst(), command.subList(1, command.size()).toArray(String[]::new));
      assertThat(refused.exitCode()).as(command.toString()).isEqualTo(ExitCode.REFUSED);
      assertThat(refused.err()).contains("api.host: fargate", "slipway up");
    }
  }
}
