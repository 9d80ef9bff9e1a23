package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.aws.LoopbackObjects;
import dev.slipway.aws.MotoServer;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.Streams;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.rag.index.PassagePlace;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole service, unchanged, in front of a simulation of AWS that this project did not write.
 */
@Timeout(120)
class MotoServiceTest {
  private static final String BUCKET = "slipway-one-way-to-ask";

  private final Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  MotoServiceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private HttpResponse<String> post(URI uri, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  /** Says what the next invocation answers. */
  private void queue(String which, String field, String answer) throws Exception {
    ObjectNode results = RunningApi.JSON.createObjectNode();
    results.put("account_id", "123456789012").put("region", MotoServer.REGION);
    results
        .putArray("results")
        .addObject()
        .put(field, answer)
        .put("ContentType", "application/json");
    if (field.equals("data")) {
      ((ObjectNode) results.path("results").path(0)).remove("ContentType");
    }
    var queued =
        post(MotoServer.uri().resolve("/moto-api/static/sagemaker/" + which), results.toString());
    assertThat(queued.statusCode()).isEqualTo(201);
  }

  private Service serve(String kind) throws IOException {
    Path file = folder.resolve("slipway.yaml");
    Files.writeString(
        file,
        """
        name: one-way
        model:
          source: hf://org/name
        endpoint:
          kind: %s
          instance: ml.g5.2xlarge
        """
            .formatted(kind));
    Manifest manifest = new ManifestReader().read(file, Optional.empty(), name -> Optional.empty());
    URI moto = MotoServer.uri();
    return Main.start(
        new ServiceSettings(
            "1.2.3",
            manifest,
            0,
            new EndpointName("one-way-to-ask-" + kind),
            Optional.empty(),
            Optional.of(new ServiceSettings.Loopback(moto, MotoServer.REGION, moto)),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            new PassagePlace.Folder(folder.resolve("index")),
            Optional.empty(),
            folder.resolve("traces"),
            folder.resolve("jobs"),
            Optional.of(BUCKET),
            Entrance.local(List.of()),
            Optional::empty));
  }

  private String ask(Service service) throws Exception {
    HttpResponse<String> answer =
        post(URI.create(service.url() + "/rag"), "{\"query\":\"How do I roll back?\"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return RunningApi.json(answer.body()).get("answer").asText();
  }

  private static String completion() {
    return new String(Streams.completion("With one command."), StandardCharsets.UTF_8);
  }

  @Test
  void answersFromARealtimeEndpoint() throws Exception {
    MotoServer.uri();
    try (Service service = serve("realtime")) {
      queue("endpoint-results", "Body", completion());

      assertThat(ask(service)).isEqualTo("With one command.");
    }
  }

  @Test
  void answersFromAnAsynchronousEndpoint() throws Exception {
    var made =
        http.send(
            HttpRequest.newBuilder(MotoServer.uri().resolve("/" + BUCKET))
                .header("Authorization", signature())
                .PUT(
                    BodyPublishers.ofString(
                        "<CreateBucketConfiguration><LocationConstraint>"
                            + MotoServer.REGION
                            + "</LocationConstraint></CreateBucketConfiguration>"))
                .build(),
            BodyHandlers.ofString());
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    try (Service service = serve("async");
        var objects = LoopbackObjects.at(MotoServer.uri(), MotoServer.REGION);
        var bucket = objects.bucket(BUCKET)) {
      queue("async-endpoint-results", "data", completion());

      assertThat(ask(service)).isEqualTo("With one command.");
      assertThat(bucket.list("async/")).as("no question is left there").isEmpty();
    }
  }

  /** Names the service and the region, which is all that the simulation reads of a signature. */
  private static String signature() {
    return "AWS4-HMAC-SHA256 Credential=testing/20261123/"
        + MotoServer.REGION
        + "/s3/aws4_request, SignedHeaders=host, Signature=none";
  }
}
