package dev.slipway.aws;

import dev.slipway.model.mirror.Bucket;
import dev.slipway.model.mirror.BucketContract;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import software.amazon.awssdk.services.s3.S3Client;

/** Holds the adapter to the contract at LocalStack's S3; skipped where there is no Docker. */
final class LocalStackBucketTest extends BucketContract {
  private static final AtomicInteger BUCKETS = new AtomicInteger();

  private final S3Client client = S3BucketTest.client(LocalStack.uri(), new ArrayList<>());
  private final String name = "mirror-" + BUCKETS.incrementAndGet();

  @Override
  protected Bucket open() {
    client.createBucket(
        b ->
            b.bucket(name)
                .createBucketConfiguration(
                    c ->
                        c.locationConstraint(
                            client.serviceClientConfiguration().region().toString())));
    return new S3Bucket(client, name, "000000000000");
  }

  @AfterEach
  void close() {
    client.close();
  }
}
