package dev.slipway.bench;

import dev.slipway.aws.S3Bucket;
import dev.slipway.model.ModelFacts;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelSource;
import dev.slipway.model.Snapshot;
import dev.slipway.model.SnapshotContent;
import dev.slipway.model.mirror.Mirror;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Copies a snapshot from one stand-in to the other; the process that is measured and killed. */
final class MirrorChild {

  /** Reads ranges over plain HTTP. */
  private record Ranges(URI registry, HttpClient http) implements SnapshotContent {
    @Override
    public InputStream open(ModelFile file, long offset, long length) throws IOException {
      var request =
          HttpRequest.newBuilder(registry.resolve(file.path()))
              .header("Range", "bytes=" + offset + "-" + (offset + length - 1))
              .build();
      try {
        return http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }

    @Override
    public Optional<Path> folder() {
      return Optional.empty();
    }
  }

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
   * @param arguments both ports, then path, size and SHA-256 of each file
   */
  public static void main(String... arguments) throws IOException {
    List<ModelFile> files = new ArrayList<>();
    for (int i = 2; i < arguments.length; i += 3) {
      files.add(new ModelFile(arguments[i], Long.parseLong(arguments[i + 1]), arguments[i + 2]));
    }
    URI registry = URI.create("http://127.0.0.1:" + arguments[0] + "/");
    var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    var snapshot =
        new Snapshot(
            ModelSource.parse("hf://bench/model"),
            "0123456789012345678901234567890123456789",
            files,
            new ModelFacts(
                Optional.empty(), OptionalLong.empty(), Optional.empty(), OptionalInt.empty()),
            new Ranges(registry, http));
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
