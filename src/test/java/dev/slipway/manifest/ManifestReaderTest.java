package dev.slipway.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.failure.ManifestInvalid;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestReaderTest {

  @Test
  void everyKeyOfTheContractBecomesARecord() {
    Manifest manifest = Read.manifest(Read.everyKey());

    UpdateSpec update =
        new UpdateSpec(
            UpdateSpec.Strategy.CANARY,
            10,
            Duration.ofMinutes(5),
            Set.of(UpdateSpec.Alarm.ERRORS, UpdateSpec.Alarm.LATENCY),
            Duration.ofHours(1));
    Scaling scaling = new Scaling(1, 4, 8, Duration.ofMinutes(5), Duration.ofMinutes(1), List.of());
    Hosting hosting =
        new Hosting(
            new Hosting.Server.Vllm(),
            List.of("ml.g5.2xlarge"),
            Map.of(),
            new Hosting.Engine.Embedded(),
            new Hosting.Network(List.of(), List.of(), false),
            Optional.empty(),
            0,
            new Hosting.Smoke("Say hello.", Duration.ofSeconds(60)));
    assertThat(manifest)
        .isEqualTo(
            new Manifest(
                Path.of("/home/me/chat"),
                "default",
                new DeploymentName("llm-twin"),
                Optional.of("eu-west-1"),
                Manifest.Target.AWS,
                new ModelSpec(
                    new ModelSource.HuggingFace("org", "name"), "main", List.of(), Set.of()),
                new EndpointSpec.Realtime(hosting, scaling, update, false),
                new RagSpec(
                    new RagSpec.Store.Embedded(),
                    List.of("posts", "articles", "repositories"),
                    3,
                    List.of(),
                    0,
                    new RagSpec.Rerank.None(),
                    "templates/prompt/grounded.mustache",
                    Optional.empty(),
                    new RagSpec.Budgets(
                        Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(2))),
                new ApiSpec(
                    ApiSpec.Host.LOCAL,
                    ApiSpec.Engine.ENDPOINT,
                    Optional.empty(),
                    Optional.empty(),
                    8000,
                    Optional.empty(),
                    new ApiSpec.Access(Optional.empty(), List.of(), Optional.empty()),
                    new ApiSpec.Limits(
                        64,
                        600,
                        OptionalLong.empty(),
                        1 << 20,
                        Duration.ofSeconds(60),
                        OptionalInt.empty(),
                        OptionalInt.empty()),
                    new ApiSpec.Checks(Set.of(), List.of(), List.of()),
                    new ApiSpec.Fargate(
                        Optional.empty(),
                        List.of(),
                        1024,
                        4L << 30,
                        2,
                        4,
                        600,
                        new ApiSpec.LoadBalancer(
                            List.of(),
                            false,
                            Optional.empty(),
                            List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")),
                        30)),
                new TraceSpec(TraceSpec.Store.SQLITE, Optional.empty(), false),
                new EvalSpec(Optional.empty(), "recall=0.8"),
                Optional.empty(),
                Map.of(),
                List.of("name", "region", "model.source", "endpoint.instance", "rag.collections")));
  }

  @Test
  void whatIsLeftOutIsWhatTheContractsSampleSays() {
    Manifest least = Read.manifest(Read.LEAST);
    Manifest sample = Read.manifest(Read.everyKey());

    assertThat(least.target()).isEqualTo(sample.target());
    assertThat(least.api()).isEqualTo(sample.api());
    assertThat(least.trace()).isEqualTo(sample.trace());
    assertThat(least.endpoint().scaling()).isEqualTo(sample.endpoint().scaling());
    assertThat(least.endpoint().update()).isEqualTo(sample.endpoint().update());
    assertThat(least.endpoint().hosting())
        .usingRecursiveComparison()
        .ignoringFields("instances")
        .isEqualTo(sample.endpoint().hosting());
    assertThat(least.endpoint().hosting().instances()).as("auto").isEmpty();
    assertThat(least.rag())
        .usingRecursiveComparison()
        .ignoringFields("collections")
        .isEqualTo(sample.rag());
    assertThat(least.rag().collections()).containsExactly("docs");
  }

  @Test
  void theOtherFormsOfKeysBecomeRecordsToo() {
    Manifest manifest =
        Read.manifest(
            """
            name: chat
            model:
              source: s3://bucket/models/chat/
              revision: 1234567
              files: ["*.safetensors", config.json]
              allow: [pickle, remote-code]
            endpoint:
              kind: async
              server: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/chat:1.0
              instance: [ml.g5.2xlarge, ml.g6.2xlarge]
              environment: {SM_VLLM_MAX_MODEL_LEN: 4096, VERBOSE: yes, LEVEL: 010}
              engine: http://localhost:8080/vllm
              scaling:
                min: 0
                schedule: [{when: rate(1 day), timezone: Europe/Vienna, min: 0, max: 2}]
              async:
                concurrency: 1000
                output: s3://bucket/answers/
                notify: {success: "arn:aws:sns:eu-west-1:123456789012:answers"}
                timeout: 1h
              update: {strategy: all-at-once, alarms: []}
              network: {subnets: [subnet-0123abcd], security_groups: [sg-0123abcd]}
              kms_key: alias/slipway
            rag:
              store: {qdrant: "https://qdrant.example:6333", key: secret:qdrant}
              rerank: {cross_encoder: "hf://org/reranker"}
            api:
              host: fargate
              keys: secret:chat/keys
              limits: {tokens_per_day: 5000000000}
              fargate: {vpc: vpc-0123abcd, subnets: [subnet-0123abcd, subnet-4567abcd]}
            trace: {export: "https://otlp.example/v1"}
            expires: 2026-12-31T18:00Z
            tags: {team: search, cost center: 0042}
            """);

    assertThat(manifest.model())
        .isEqualTo(
            new ModelSpec(
                new ModelSource.S3Prefix("bucket", "models/chat/"),
                "1234567",
                List.of("*.safetensors", "config.json"),
                Set.of(ModelSpec.Allowance.PICKLE, ModelSpec.Allowance.REMOTE_CODE)));
    EndpointSpec.Async endpoint = (EndpointSpec.Async) manifest.endpoint();
    assertThat(endpoint.hosting().server())
        .isEqualTo(
            new Hosting.Server.Image("123456789012.dkr.ecr.eu-west-1.amazonaws.com/chat:1.0"));
    assertThat(endpoint.hosting().instances()).containsExactly("ml.g5.2xlarge", "ml.g6.2xlarge");
    assertThat(endpoint.hosting().environment())
        .isEqualTo(Map.of("SM_VLLM_MAX_MODEL_LEN", "4096", "VERBOSE", "yes", "LEVEL", "010"));
    assertThat(endpoint.hosting().engine())
        .isEqualTo(new Hosting.Engine.Proxy(URI.create("http://localhost:8080/vllm")));
    assertThat(endpoint.hosting().kmsKey()).contains("alias/slipway");
    assertThat(endpoint.scaling().schedule())
        .containsExactly(new Scaling.Scheduled("rate(1 day)", "Europe/Vienna", 0, 2));
    assertThat(endpoint.concurrency()).isEqualTo(1000);
    assertThat(endpoint.output()).contains("s3://bucket/answers/");
    assertThat(endpoint.notifySuccess()).contains("arn:aws:sns:eu-west-1:123456789012:answers");
    assertThat(endpoint.notifyError()).isEmpty();
    assertThat(endpoint.timeout()).isEqualTo(Duration.ofHours(1));
    assertThat(endpoint.update().strategy()).isEqualTo(UpdateSpec.Strategy.ALL_AT_ONCE);
    assertThat(endpoint.update().alarms()).isEmpty();
    assertThat(manifest.rag().store())
        .isEqualTo(
            new RagSpec.Store.Qdrant(
                URI.create("https://qdrant.example:6333"), new SecretReference("qdrant")));
    assertThat(manifest.rag().rerank())
        .isEqualTo(new RagSpec.Rerank.CrossEncoder("hf://org/reranker"));
    assertThat(manifest.api().keys()).contains(new SecretReference("chat/keys"));
    assertThat(manifest.api().limits().tokensPerDay()).hasValue(5_000_000_000L);
    assertThat(manifest.trace().export()).contains(URI.create("https://otlp.example/v1"));
    assertThat(manifest.expires()).contains(new Expiry.At(Instant.parse("2026-12-31T18:00:00Z")));
    assertThat(manifest.tags()).isEqualTo(Map.of("team", "search", "cost center", "0042"));
  }

  @Test
  void everyProblemIsReportedAtOnceByLineWithPathAndExpectation() {
    List<String> problems =
        Read.problems(
            """
            name: Chat
            target: gpu
            model: {sorce: "hf://org/name"}
            endpoint:
              scaling:
                min: 2
                max: 1
              update: {wait: 300, step: 10}
            api:
              port: high
              limits: [64]
            colour: blue
            """);

    assertThat(problems)
        .containsExactly(
            "line 1: name: must be a name of at most 31 of a-z, 0-9 and -, the first a letter, is"
                + " \"Chat\"",
            "line 2: target: must be aws or local, is \"gpu\"",
            "line 3: model.sorce: is not known; did you mean source?",
            "line 3: model.source: is missing: must be hf://org/name, s3://bucket/prefix/,"
                + " registry://group[/version] or file:path; for example hf://org/name",
            "line 7: endpoint.scaling.max: must be at least min (2), is 1",
            "line 8: endpoint.update.wait: must be a duration of 0s to 1h, is"
                + " 300; add a unit: ms, s, m or h",
            "line 8: endpoint.update.step: must be a share of 1% to 50%, is 10; add the % sign",
            "line 10: api.port: must be a whole number of 0 to 65535, is \"high\"",
            "line 11: api.limits: must be a map of concurrency, requests_per_minute,"
                + " tokens_per_day, body, deadline, prompt_tokens, answer_tokens, is a list",
            "line 12: colour: is not known; known here: name, region, target, model, endpoint, rag,"
                + " api, trace, eval, expires, tags, environments");
  }

  @Test
  void anUnknownKeyIsPointedToItsPlace() {
    assertThat(Read.problemsWith("endpoint: {max: 3}\n"))
        .containsExactly(
            "line 3: endpoint.max: is not known here; did you mean endpoint.scaling.max?");
    assertThat(Read.problemsWith("rag: {selfQuery: {fields: []}}\n"))
        .containsExactly("line 3: rag.selfQuery: is not known; did you mean self_query?");
    assertThat(Read.problemsWith("enviroments: {}\n"))
        .containsExactly("line 3: enviroments: is not known; did you mean environments?");
  }

  @Test
  void aSectionWhoseKeysAreAllCommentedOutIsLikeNone() {
    assertThat(Read.manifest(Read.LEAST + "endpoint:\n  #kind: async\nrag: ~\ntags:\n"))
        .isEqualTo(Read.manifest(Read.LEAST));
  }

  @Test
  void aFileIsReadWithItsFolder(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("slipway.yaml"), "\uFEFF" + Read.LEAST);

    assertThat(new ManifestReader().read(file, Optional.empty(), name -> Optional.empty()).folder())
        .isEqualTo(folder.toAbsolutePath());
  }

  @Test
  void aFileThatIsNoManifestIsRefusedWithItsName(@TempDir Path folder) throws Exception {
    assertThatThrownBy(() -> readFile(folder.resolve("absent.yaml")))
        .isInstanceOf(ManifestInvalid.class)
        .hasMessageContaining("absent.yaml")
        .hasMessageContaining("there is no such file");
    assertThat(problemsOfFile(folder)).containsExactly("is a folder");
    Path file = folder.resolve("slipway.yaml");
    Files.write(file, "name: chat\nregion: K\u00f6ln".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(problemsOfFile(file)).containsExactly("line 2: is not UTF-8 text");
    Files.write(file, "name: chat".getBytes(StandardCharsets.UTF_16));
    assertThat(problemsOfFile(file)).containsExactly("line 1: is not UTF-8 text");
    Files.write(file, new byte[] {'a', (byte) 0xC3});
    assertThat(problemsOfFile(file)).containsExactly("line 1: is not UTF-8 text");
    Files.writeString(file, "#".repeat(ManifestReader.MOST_BYTES + 1));
    assertThat(problemsOfFile(file))
        .containsExactly("is larger than 1 MiB, which no manifest needs");
  }

  private static Manifest readFile(Path file) {
    return new ManifestReader().read(file, Optional.empty(), name -> Optional.empty());
  }

  private static List<String> problemsOfFile(Path file) {
    return catchThrowableOfType(ManifestInvalid.class, () -> readFile(file)).problems().stream()
        .map(ManifestInvalid.Problem::toString)
        .toList();
  }
}
