package dev.slipway.model.mirror;

import dev.slipway.aws.S3Bucket;
import java.net.URI;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Copies a small model to an object store, in a process that a test may kill. */
final class MirrorProcess {
  static final int PART_BYTES = 5 << 20;
  static final String BUCKET = "models";
  static final String PREFIX = "m/c0ffee/";

  private MirrorProcess() {}

  static BytesContent model() {
    return BytesContent.random(11, Map.of("config.json", 100, "model.safetensors", 23 << 20));
  }

  static S3Client client(URI store) {
    return S3Client.builder()
        .endpointOverride(store)
        .forcePathStyle(true)
        .region(Region.EU_WEST_1)
        .httpClientBuilder(ApacheHttpClient.builder())
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("testing", "testing")))
        .build();
  }

  /** Copies to the store of that address, and prints how many bytes have moved, part by part. */
  public static void main(String... store) {
    try (S3Client s3 = client(URI.create(store[0]));
        Bucket bucket = new S3Bucket(s3, BUCKET, "123456789012")) {
      new Mirror(bucket, PART_BYTES, Retries.USUAL, System::nanoTime)
          .copy(model().snapshot(), PREFIX, at -> System.out.println(at.moved()));
    }
  }
}
