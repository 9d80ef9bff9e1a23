package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.PrivateAuthority;
import dev.slipway.cli.ServedProcess.Answer;
import dev.slipway.model.DemoModel;
import dev.slipway.store.QdrantStandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passages in a Qdrant with a certificate of its owner's own, from indexing to removal. */
final class ServedFromQdrantTest {
  private static final String COLLECTION = "slipway_chat_default_posts";

  private final FailingEndpoint endpoint = new FailingEndpoint();
  private final Path home;
  private final Path manifest;
  private final PrivateAuthority authority;
  private final QdrantStandIn qdrant;
  private final CommandLineFixture here;
  private final SlipwayProcess slipway;

  ServedFromQdrantTest(@TempDir Path home) throws Exception {
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
                "SLIPWAY_SECRET_QDRANT", "the-key",
                "SSL_CERT_FILE", authority.certificate().toString(),
                "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", endpoint.uri().toString(),
                "AWS_ACCESS_KEY_ID", "testing",
                "AWS_SECRET_ACCESS_KEY", "testing",
                "AWS_EC2_METADATA_DISABLED", "true"));
    Files.writeString(
        manifest,
        """
        name: chat
        target: local
        region: eu-west-1
        model: {source: "file:%s"}
        rag: {store: {qdrant: "%s", key: secret:qdrant}, collections: [posts], tenant: tenant}
        api: {keys: secret:chat-keys, limits: {deadline: 2s}}
        """
            .formatted(DemoModel.folder(), qdrant.url()));
  }

  @AfterEach
  void stop() {
    qdrant.close();
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
  void passagesAreIndexedSearchedByTheirTenantsAloneInTimeAndLeftToTheirServer() throws Exception {
    post("acme", "A deployment of Acme is stopped by its blue button.");
    post("globex", "A deployment of Globex is stopped by its red lever.");
    Optional<String> acme = key("acme");
    Optional<String> globex = key("globex");

    JsonNode indexed =
        slipway
            .run("index", "-f", manifest.toString(), "-c", "posts", "--json", "posts")
            .expecting(ExitCode.DONE)
            .json();

    assertThat(indexed.path("added").asInt()).isEqualTo(2);
    assertThat(qdrant.names()).containsExactly(COLLECTION);
    try (var service = ServedProcess.start(slipway, manifest, Optional.empty())) {
      assertThat(sources(service.ask(acme, "How is a deployment stopped?")))
          .containsExactly("posts/acme.md");
      assertThat(sources(service.ask(globex, "How is a deployment stopped?")))
          .containsExactly("posts/globex.md");
      aServerThatHangsIsWaitedForUntilTheDeadline(service, acme);
    }
    theServersCollectionsAreKeptAndTold();
  }

  private static List<String> sources(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("sources").findValuesAsText("source");
  }

  private void aServerThatHangsIsWaitedForUntilTheDeadline(
      ServedProcess service, Optional<String> key) {
    var never = new CountDownLatch(1);
    qdrant.watch(
        _ -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    long began = System.nanoTime();

    Answer late = service.ask(key, "And now?");

    assertThat(late.status()).as(late.body()).isEqualTo(504);
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isBetween(Duration.ofMillis(1500), Duration.ofSeconds(8));
    never.countDown();
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
