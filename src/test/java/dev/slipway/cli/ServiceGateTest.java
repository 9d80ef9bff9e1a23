package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipway.cli.CommandLineFixture.Result;
import dev.slipway.deploy.Rig;
import dev.slipway.hub.FileRegistry;
import dev.slipway.hub.HashCache;
import dev.slipway.hub.HubRegistry;
import dev.slipway.hub.HubSettings;
import dev.slipway.hub.HubStandIn;
import dev.slipway.image.BuiltImage;
import dev.slipway.image.ImagePlan;
import dev.slipway.image.ImageTarget;
import dev.slipway.inference.TinyCrossEncoder;
import dev.slipway.model.DemoModel;
import dev.slipway.model.ModelRegistry;
import dev.slipway.model.Registries;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deploy whose service on ECS stands on this machine, where its load balancer would be. */
final class ServiceGateTest {
  private static final String DIGEST = "sha256:" + "ab".repeat(32);

  private final VirtualPace pace = new VirtualPace();
  private final CloudSimulation simulation = new CloudSimulation(pace);
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<ImagePlan> built = new CopyOnWriteArrayList<>();
  private final HubStandIn hub = new HubStandIn();
  private final HttpServer balancer;
  private final Path folder;
  private final CommandLineFixture slipway;
  private volatile String source = "docs/hello.md";

  ServiceGateTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    publish(hub, TinyCrossEncoder.write(folder.resolve("exported")));
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
                new FakeCloud(simulation),
                pace,
                (_, _, _) ->
                    new Templates(
                        Rig.storeTemplate(),
                        Optional.of(Rig.endpointTemplate("ml.g4dn.xlarge", "one", "")),
                        Optional.of(service)),
                (plan, target, _) -> {
                  built.add(plan);
                  String tag =
                      target instanceof ImageTarget.Registry(var reference, _)
                          ? reference.substring(reference.lastIndexOf(':') + 1)
                          : "";
                  simulation.with(now -> now.images().push("slipway-chat-store", DIGEST, tag));
                  return new BuiltImage(DIGEST, tag);
                },
                this::models));
    Files.writeString(
        folder.resolve("questions.yaml"), "- query: Say hello.\n  sources: [docs/hello.md]\n");
    Files.writeString(
        folder.resolve("slipway.yaml"),
        """
        name: chat
        region: eu-west-1
        model: {source: "file:%s"}
        endpoint: {instance: ml.g4dn.xlarge}
        rag: {rerank: {cross_encoder: hf://org/name}}
        api:
          host: fargate
          keys: secret:chat-keys
          fargate: {vpc: vpc-0123456789abcdef0, subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]}
        eval: {questions: questions.yaml, gate: "recall=0.9"}
        """
            .formatted(DemoModel.folder()));
  }

  /** Puts a cross-encoder there, as exporters do. */
  static void publish(HubStandIn hub, Path exported) throws IOException {
    for (String file : List.of("onnx/model.onnx", "tokenizer.json")) {
      hub.file(
          "c".repeat(40), file, Files.readAllBytes(exported.resolve(file)), file.endsWith(".onnx"));
    }
    hub.branch("main", "c".repeat(40));
  }

  /** Has files of this machine, and the Hub's. */
  private ModelRegistry models(Path cache) {
    var hashes = new HashCache(cache);
    var files = new FileRegistry(hashes);
    Map<String, String> environment =
        Map.of("HF_ENDPOINT", hub.endpoint(), "HF_HUB_CACHE", folder.resolve("hub").toString());
    return new Registries(
        files,
        new HubRegistry(() -> HubSettings.of(environment), cache, hashes, _ -> {}),
        files,
        files);
  }

  @AfterEach
  void stop() {
    hub.close();
    balancer.stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + balancer.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String key =
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
              .orElse("no key");
      if (path.equals("/rag")) {
        asked.add(key);
      }
      boolean known = path.equals("/health/live") || key.equals("Bearer the-key");
      byte[] body =
          """
          {"answer": "Hello.", "sources": [{"id": "1", "source": "%s", "title": "", "score": 1,
           "text": "Hello."}], "timings": {"total": 9}, "trace_id": "t"}
          """
              .formatted(source)
              .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(known ? 200 : 401, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Result run(String command, String... more) {
    var arguments = new java.util.ArrayList<>(List.of(command));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("-f", folder.resolve("slipway.yaml").toString(), "--json"));
    return slipway.run(arguments.toArray(String[]::new));
  }

  @Test
  void theServiceIsAskedWhereItsCallersAskItAndNothingNeedsToBeIndexedHere() throws IOException {
    slipway.set("SLIPWAY_SECRET_CHAT_KEYS", "the-key");

    Result passed = run("deploy", "--yes");

    assertThat(passed.exitCode()).as(passed.out() + passed.err()).isZero();
    assertThat(passed.err()).contains("Asked was the service at " + url());
    // A task may reach no Hub: its cross-encoder comes with the image, and with its lock.
    assertThat(built.getLast().entryPoint()).containsSequence("--cross-encoder", "cross-encoder");
    assertThat(built.getLast().layers())
        .flatExtracting(ImagePlan.Layer::entries)
        .extracting(ImagePlan.Entry::path)
        .contains(
            "cross-encoder/onnx/model.onnx",
            "cross-encoder/tokenizer.json",
            "deployment/slipway.cross-encoder.lock");
    assertThat(passed.json().path("eval").path("asked").asText()).isEqualTo("service");
    assertThat(DocumentsTest.problems("deploy", passed.json())).isEmpty();
    assertThat(passed.json().path("eval").path("measures").path("recall").asDouble()).isEqualTo(1);
    // The deploy's own question, and that of the gate.
    assertThat(asked).containsExactly("Bearer the-key", "Bearer the-key");

    String questions = folder.resolve("questions.yaml").toString();
    source = "docs/other.md";
    Result evaluated = run("eval", questions, "--target", "aws", "--gate", "recall=0.9");
    assertThat(evaluated.exitCode())
        .as(evaluated.out() + evaluated.err())
        .isEqualTo(ExitCode.GATE_FAILED);
    assertThat(evaluated.err()).contains("Asking the service at " + url());
    assertThat(evaluated.json().path("recall").asDouble()).isZero();

    slipway.set("SLIPWAY_SECRET_CHAT_KEYS", "");
    slipway.set("OTHER", "the-key");
    source = "docs/hello.md";
    Result named = run("eval", questions, "--target", "aws", "--key-from", "OTHER");
    assertThat(named.exitCode()).as(named.out() + named.err()).isZero();
    assertThat(named.err()).contains("Asking the service at " + url());
  }

  @Test
  void withoutAKeyTheEndpointIsAskedAndSoItNeedsAnIndexHere() {
    Result refused = run("deploy", "--yes");

    assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(refused.out()).contains("nothing_indexed");
    assertThat(asked).isEmpty();
  }

  @Test
  void anyServiceIsEvaluatedWithTheKeyOfTheVariableThatIsNamed() throws IOException {
    String questions = folder.resolve("questions.yaml").toString();
    slipway.set("OTHER", "the-key");

    Result done = slipway.run("eval", questions, "--url", url(), "--key-from", "OTHER", "--json");
    Result without = slipway.run("eval", questions, "--url", url(), "--key-from", "NONE");

    assertThat(done.exitCode()).as(done.out() + done.err()).isZero();
    assertThat(done.json().path("recall").asDouble()).isEqualTo(1);
    assertThat(without.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(without.err()).contains("the key in NONE");
  }
}
