package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import dev.slipway.hub.FileRegistry;
import dev.slipway.local.s3.ObjectServer;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelRegistry;
import dev.slipway.model.ModelRegistryContract;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.Snapshot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;

final class S3RegistryTest extends ModelRegistryContract {
  private static final String BUCKET = "registry";
  private static final String PREFIX = "models/llm twin/";

  private final Path folder;
  private final ObjectServer server;
  private final S3Client client;
  private final List<String> reads = new CopyOnWriteArrayList<>();

  S3RegistryTest(@TempDir Path folder) {
    this.folder = folder;
    server = ObjectServer.start(folder.resolve("s3"), 0);
    S3Client plain = S3BucketTest.client(server.url(), new ArrayList<>());
    plain.createBucket(b -> b.bucket(BUCKET));
    plain.close();
    client = witnessed(server);
  }

  /** Hears of each GET of an object, as its key and range. */
  private S3Client witnessed(ObjectServer at) {
    var witness =
        new ExecutionInterceptor() {
          @Override
          public void beforeTransmission(
              Context.BeforeTransmission context, ExecutionAttributes attributes) {
            var request = context.httpRequest();
            if (request.method().name().equals("GET")) {
              request.firstMatchingHeader("Range").ifPresent(reads::add);
            }
          }
        };
    return S3BucketTest.client(at.url(), witness);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Override
  protected void publish(Map<String, byte[]> files) {
    for (var old : client.listObjectsV2(l -> l.bucket(BUCKET)).contents()) {
      client.deleteObject(d -> d.bucket(BUCKET).key(old.key()));
    }
    put(PREFIX, new byte[0]);
    put("models/llm twin.txt", new byte[3]);
    files.forEach((path, bytes) -> put(PREFIX + path, bytes));
  }

  private void put(String key, byte[] bytes) {
    client.putObject(p -> p.bucket(BUCKET).key(key), RequestBody.fromBytes(bytes));
  }

  @Override
  protected ModelRegistry registry() {
    return new S3Registry(() -> client, folder.resolve("cache"));
  }

  @Override
  protected ModelSource source() {
    return new ModelSource.S3Prefix(BUCKET, PREFIX);
  }

  @Override
  protected Path folder() {
    return folder;
  }

  private Snapshot resolved() {
    return registry().resolve(spec(source()), folder, Optional.empty());
  }

  private static ModelSpec spec(ModelSource source) {
    return new ModelSpec(source, "main", List.of(), Set.of());
  }

  @Test
  void theSameFilesHaveTheSameCommitAsInAFolder() throws IOException {
    publish(transformersModel());
    Path local = Files.createDirectory(folder.resolve("local"));
    for (var file : transformersModel().entrySet()) {
      Files.write(local.resolve(file.getKey()), file.getValue());
    }
    var same =
        new FileRegistry()
            .resolve(spec(new ModelSource.LocalPath("local")), folder, Optional.empty());
    assertThat(resolved().commit()).isEqualTo(same.commit());
    assertThat(resolved().files()).isEqualTo(same.files());
  }

  @Test
  void anObjectWithoutASumIsReadOnceAndRemembered() {
    publish(transformersModel());
    Snapshot first = resolved();
    assertThat(reads).as("to look into them, and to hash each").hasSize(4 + 3);
    reads.clear();
    assertThat(resolved().files()).isEqualTo(first.files());
    assertThat(reads).as("only to look into them").hasSize(4);
  }

  @Test
  void aSumThatTheStoreHasIsTakenWithoutReading() {
    publish(transformersModel());
    transformersModel()
        .forEach(
            (path, bytes) ->
                client.putObject(
                    p ->
                        p.bucket(BUCKET)
                            .key(PREFIX + path)
                            .checksumAlgorithm(ChecksumAlgorithm.SHA256),
                    RequestBody.fromBytes(bytes)));
    assertThat(resolved().files()).hasSize(3);
    assertThat(reads).as("only to look into them").hasSize(4);
  }

  @Test
  void anObjectThatWasReplacedSinceIsNotReadInPlaceOfTheOther() {
    publish(transformersModel());
    Snapshot snapshot = resolved();
    ModelFile weights = snapshot.files().get(1);
    put(PREFIX + weights.path(), new byte[(int) weights.size()]);
    assertThatThrownBy(
            () -> {
              try (InputStream in = snapshot.content().open(weights, 0, 10)) {
                in.readAllBytes();
              }
            })
        .isInstanceOfSatisfying(
            OperationFailed.class, e -> assertThat(e.code()).isEqualTo("model_changed"));
  }

  @Test
  void aFetchGoesOnWhereItStopped() throws IOException {
    publish(transformersModel());
    Snapshot snapshot = resolved();
    Path fetched = registry().fetch(snapshot, at -> {}).content().folder().orElseThrow();
    Path weights = fetched.resolve("model.safetensors");
    byte[] whole = Files.readAllBytes(weights);
    Files.write(fetched.resolve("model.safetensors.part"), java.util.Arrays.copyOf(whole, 1000));
    Files.delete(weights);
    reads.clear();
    registry().fetch(snapshot, at -> {});
    assertThat(Files.readAllBytes(weights)).isEqualTo(whole);
    assertThat(reads).containsExactly("bytes=1000-" + (whole.length - 1));
  }
}
