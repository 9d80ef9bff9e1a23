package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.PrivateAuthority;
import dev.slipway.cli.ServedProcess.Answer;
import dev.slipway.hub.FileRegistry;
import dev.slipway.hub.HashCache;
import dev.slipway.hub.HubRegistry;
import dev.slipway.hub.HubSettings;
import dev.slipway.hub.HubStandIn;
import dev.slipway.inference.TinyCrossEncoder;
import dev.slipway.local.StateFolder;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.model.DemoModel;
import dev.slipway.model.Registries;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.FakeCloud;
import dev.slipway.standin.kernel.VirtualPace;
import dev.slipway.store.QdrantStandIn;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Passages in a Qdrant with a certificate of its owner's own, put in order by a cross-encoder of
 * the Hub: from indexing to removal.
 */
final class ServedPassagesTest {
  private static final String COLLECTION = "slipway_chat_default_posts";

  private final FailingEndpoint endpoint = new FailingEndpoint();
  private final Path home;
  private final Path manifest;
  private final PrivateAuthority authority;
  private final QdrantStandIn qdrant;
  private final HubStandIn hub = new HubStandIn();
  private final CommandLineFixture here;
  private final SlipwayProcess slipway;

  ServedPassagesTest(@TempDir Path home) throws Exception {
    this.home = home;
    this.manifest = home.resolve("slipway.yaml");
    this.authority = PrivateAuthority.in(home);
    this.qdrant = new QdrantStandIn("the-key", Optional.of(authority.serving()));
    this.here = new CommandLineFixture(home);
    this.slipway =
        new SlipwayProcess(
            home,
            home,
            Map.of(
                "SLIPWAY_SECRET_QDRANT",
                "the-key",
                "SSL_CERT_FILE",
                authority.certificate().toString(),
                "HF_ENDPOINT",
                hub.endpoint(),
                "HF_HUB_CACHE",
                home.resolve("hub").toString(),
                "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME",
                endpoint.uri().toString(),
                "AWS_ACCESS_KEY_ID",
                "testing",
                "AWS_SECRET_ACCESS_KEY",
                "testing",
                "AWS_EC2_METADATA_DISABLED",
                "true"));
    ServiceGateTest.publish(hub, TinyCrossEncoder.write(home.resolve("exported")));
    Files.writeString(
        manifest,
        """
        name: chat
        target: local
        region: eu-west-1
        model: {source: "file:%s"}
        rag:
          store: {qdrant: "%s", key: secret:qdrant}
          collections: [posts]
          tenant: tenant
          rerank: {cross_encoder: hf://org/name}
        api: {keys: secret:chat-keys}
        """
            .formatted(DemoModel.folder(), qdrant.url()));
  }

  @AfterEach
  void stop() {
    qdrant.close();
    hub.close();
    endpoint.close();
  }

  private void post(String tenant, String text) throws IOException {
    Files.writeString(
        Files.createDirectories(home.resolve("posts")).resolve(tenant + ".md"),
        "---\ntenant: " + tenant + "\n---\n# Deployments\n\n" + text + "\n");
  }

  private Optional<String> key(String tenant) throws IOException {
    return Optional.of(
        here.run(
                "key",
                "create",
                "-f",
                manifest.toString(),
                "--json",
                "--name",
                tenant,
                "--tenant",
                tenant)
            .json()
            .path("key")
            .asText());
  }

  @Test
  void passagesAreIndexedSearchedByTheirTenantsAloneAndLeftToTheirServer() throws Exception {
    post("acme", "A deployment of Acme is stopped by its blue button.");
    Files.writeString(
        home.resolve("posts/acme-more.md"),
        "---\ntenant: acme\n---\n# Coffee\n\nThe machine is on the second floor.\n");
    post("globex", "A deployment of Globex is stopped by its red lever.");
    Optional<String> acme = key("acme");
    Optional<String> globex = key("globex");

    JsonNode indexed =
        slipway
            .run("index", "-f", manifest.toString(), "-c", "posts", "--json", "posts")
            .expecting(ExitCode.DONE)
            .json();

    assertThat(indexed.path("added").asInt()).isEqualTo(3);
    assertThat(qdrant.names()).containsExactly(COLLECTION);
    assertThat(hub.asked()).isEmpty();
    try (var service = ServedProcess.start(slipway, manifest, Optional.empty())) {
      assertThat(service.said()).contains("(100 %)");
      Answer answer = service.ask(acme, "How is a deployment stopped?");
      assertThat(sources(answer)).containsExactly("posts/acme.md", "posts/acme-more.md");
      assertThat(answer.json().path("timings").has("rerank")).as(answer.body()).isTrue();
      assertThat(sources(service.ask(globex, "How is a deployment stopped?")))
          .containsExactly("posts/globex.md");
    }
    theCrossEncoderIsHereFromThenOnAndMissedWhereItIsNot();
    theServersCollectionsAreKeptAndTold();
  }

  private static List<String> sources(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("sources").findValuesAsText("source");
  }

  private void theCrossEncoderIsHereFromThenOnAndMissedWhereItIsNot() {
    assertThat(home.resolve(CrossEncoderFolder.LOCK)).content().contains("c".repeat(40));
    hub.close();
    var err = new StringWriter();

    assertThat(crossEncoder("hub", "cache", err)).as("%s", err).isPresent();
    assertThat(err.toString()).isEmpty();
    assertThat(crossEncoder("no-hub", "no-cache", err)).isEmpty();
    assertThat(err.toString()).contains("Keeping the search's order: ", "hf://org/name");
  }

  /**
   * Finds it with a cache of the Hub's tools and one of its own, as `serve`, `up` and a deploy's
   * gate do.
   */
  private Optional<Path> crossEncoder(String cache, String own, StringWriter err) {
    Map<String, String> environment =
        Map.of("HF_ENDPOINT", hub.endpoint(), "HF_HUB_CACHE", home.resolve(cache).toString());
    var console =
        new Console(
            new PrintWriter(new StringWriter()), new PrintWriter(err, true), environment, false);
    var pace = new VirtualPace();
    var surroundings =
        new Surroundings(
            console,
            environment,
            new Home(home.resolve("state"), home.resolve(own)),
            new Distribution(Optional.empty()),
            new SimulatedAdapters(
                new FakeCloud(new CloudSimulation(pace)),
                pace,
                (_, _, _) -> {
                  throw new AssertionError("nothing is deployed");
                },
                (_, _, _) -> {
                  throw new AssertionError("nothing is built");
                },
                folder -> {
                  var hashes = new HashCache(folder);
                  var files = new FileRegistry(hashes);
                  return new Registries(
                      files,
                      new HubRegistry(() -> HubSettings.of(environment), folder, hashes, _ -> {}),
                      files,
                      files);
                }));
    Manifest read = new ManifestReader().read(manifest, Optional.empty(), _ -> Optional.empty());
    var selection =
        new ManifestOptions.Selection(read, manifest, false, "", new java.util.TreeMap<>());
    return new ServiceParts(surroundings, selection)
        .crossEncoder(new StateFolder(home.resolve("state/local/chat")));
  }

  private void theServersCollectionsAreKeptAndTold() throws IOException {
    String file = manifest.toString();
    JsonNode dry = here.run("destroy", "-f", file, "--dry-run", "--json").json();
    JsonNode gone = here.run("destroy", "-f", file, "--yes", "--json").json();

    for (JsonNode removal : List.of(dry, gone)) {
      JsonNode kept = removal.path("kept").path(0);
      assertThat(kept.path("type").asText()).isEqualTo("Qdrant::Collection");
      assertThat(kept.path("name").asText()).isEqualTo(COLLECTION);
      assertThat(kept.path("reason").asText())
          .contains("curl -X DELETE -H \"api-key: $SLIPWAY_SECRET_QDRANT\"")
          .endsWith(qdrant.url() + "/collections/" + COLLECTION);
    }
    assertThat(qdrant.names()).containsExactly(COLLECTION);
  }
}
