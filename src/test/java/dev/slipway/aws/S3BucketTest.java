package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.local.s3.ObjectServer;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.model.mirror.BucketContract;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Holds the adapter to the contract at the local target's object store. */
final class S3BucketTest extends BucketContract {
  private static final String ACCOUNT = "123456789012";

  private final ObjectServer server;
  private final List<Optional<String>> owners = new CopyOnWriteArrayList<>();
  private final S3Client client;

  S3BucketTest(@TempDir Path folder) {
    server = ObjectServer.start(folder, 0);
    client = client(server.url(), owners);
    client.createBucket(b -> b.bucket("models"));
    owners.clear();
  }

  static S3Client client(URI uri, List<Optional<String>> owners) {
    var witness =
        new ExecutionInterceptor() {
          @Override
          public void beforeTransmission(
              Context.BeforeTransmission context, ExecutionAttributes attributes) {
            owners.add(context.httpRequest().firstMatchingHeader("x-amz-expected-bucket-owner"));
          }
        };
    return client(uri, witness);
  }

  static S3Client client(URI uri, ExecutionInterceptor witness) {
    return S3Client.builder()
        .endpointOverride(uri)
        .forcePathStyle(true)
        .region(Region.EU_WEST_1)
        .httpClientBuilder(ApacheHttpClient.builder().connectionTimeout(Duration.ofSeconds(5)))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("testing", "testing")))
        .overrideConfiguration(
            o -> o.retryStrategy(r -> r.maxAttempts(1)).addExecutionInterceptor(witness))
        .build();
  }

  @Override
  protected Bucket open() {
    return new S3Bucket(client, "models", ACCOUNT);
  }

  @AfterEach
  void stop() {
    // Whatever the test called, each request named the owner.
    assertThat(owners).allMatch(owner -> owner.equals(Optional.of(ACCOUNT)));
    client.close();
    server.close();
  }

  @Test
  void aBucketThatIsNotThereIsTold() {
    Bucket none = new S3Bucket(client, "nobodys", ACCOUNT);
    assertThatThrownBy(() -> none.list(""))
        .isInstanceOfSatisfying(
            CloudFailure.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND);
              assertThat(e.what()).contains("nobodys");
            });
    assertThatThrownBy(() -> none.get("k"))
        .isInstanceOfSatisfying(
            CloudFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
  }

  @Test
  void aServerThatIsGoneIsUnreachableAndWorthAnotherTry() {
    server.close();
    assertThatThrownBy(() -> bucket().list(""))
        .isInstanceOfSatisfying(
            CloudFailure.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE);
              assertThat(e.retriable()).isTrue();
            });
  }
}
