package dev.slipway.bench;

import dev.slipway.aws.S3Bucket;
import dev.slipway.hub.HashCache;
import dev.slipway.hub.HubRegistry;
import dev.slipway.hub.HubSettings;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.Snapshot;
import dev.slipway.model.mirror.Mirror;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Copies a snapshot from one stand-in to the other; the process that is measured and killed. */
final class MirrorChild {

  private MirrorChild() {}

  /** Returns the most memory that this process has had, as Linux counts it; 0 elsewhere. */
  private static long peakMebibytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10)
        .findFirst()
        .orElse(0);
  }

  /**
   * Copies.
   *
   * @param arguments the ports of the Hub and of the store, a folder for caches, the files' names
   */
  public static void main(String... arguments) throws IOException {
    Path cache = Path.of(arguments[2]);
    Map<String, String> hub =
        Map.of("HF_ENDPOINT", "http://127.0.0.1:" + arguments[0], "HF_HOME", cache.toString());
    var registry =
        new HubRegistry(() -> HubSettings.of(hub), cache, new HashCache(cache), notice -> {});
    List<String> names = List.of(arguments).subList(3, arguments.length);
    var model = new ModelSpec(ModelSource.parse("hf://bench/model"), "main", names, Set.of());
    Snapshot snapshot = registry.resolve(model, cache, Optional.empty());
    try (S3Client s3 =
        S3Client.builder()
            .endpointOverride(URI.create("http://127.0.0.1:" + arguments[1]))
            .forcePathStyle(true)
            .region(Region.EU_WEST_1)
            .httpClientBuilder(ApacheHttpClient.builder())
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("bench", "bench")))
            .build()) {
      long begun = System.nanoTime();
      var report =
          new Mirror(new S3Bucket(s3, "bench", "123456789012"))
              .copy(snapshot, "models/bench/", at -> System.out.println(at.moved()));
      System.out.println(
          "moved "
              + report.movedBytes()
              + " sent "
              + report.sent()
              + " millis "
              + (System.nanoTime() - begun) / 1_000_000
              + " cpu "
              + ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis()
              + " rss "
              + peakMebibytes());
    }
    Runtime.getRuntime().exit(0); // the HTTP client's threads would stay a while
  }
}
