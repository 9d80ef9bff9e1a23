package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.model.mirror.BucketContract;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Holds the adapter to the contract at a simulation of S3 that this project did not write. */
final class S3BucketMotoTest extends BucketContract {
  private static final AtomicInteger BUCKETS = new AtomicInteger();

  private final S3Client client = S3BucketTest.client(MotoServer.uri(), new ArrayList<>());
  private final String name = "mirror-" + BUCKETS.incrementAndGet();

  @Override
  protected Bucket open() {
    client.createBucket(
        b ->
            b.bucket(name).createBucketConfiguration(c -> c.locationConstraint(MotoServer.REGION)));
    return new S3Bucket(client, name, "123456789012");
  }

  /** Moto fails over an upload that it doesn't know, where S3 answers 404 NoSuchUpload. */
  @Override
  protected Kind goneUpload() {
    return Kind.INTERNAL;
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void whatIsDeletedIsGoneWithAllItsVersions() {
    client.putBucketVersioning(
        b -> b.bucket(name).versioningConfiguration(v -> v.status("Enabled")));
    for (String key : List.of("a", "a", "b", "ab", "a")) {
      client.putObject(p -> p.bucket(name).key(key), RequestBody.fromString("x"));
    }
    client.deleteObject(d -> d.bucket(name).key("b"));
    bucket().delete(List.of("a", "b"));
    var left = client.listObjectVersions(l -> l.bucket(name));
    assertThat(left.deleteMarkers()).isEmpty();
    assertThat(left.versions()).hasSize(1).allMatch(version -> version.key().equals("ab"));
  }
}
