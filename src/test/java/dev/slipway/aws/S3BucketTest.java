package dev.slipway.aws;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.local.s3.ObjectServer;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.model.mirror.Bucket.Item;
import dev.slipway.model.mirror.Bucket.Part;
import dev.slipway.model.mirror.Bucket.Upload;
import dev.slipway.model.mirror.BucketContract;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
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

  /** The SDK's way and the faster one past it are the same to whoever reads the object. */
  @Test
  void aPartIsTheSameWhicheverWayItIsSent() {
    byte[] bytes = new byte[300_001];
    new Random(3).nextBytes(bytes);
    List<Item> items = new ArrayList<>();
    for (boolean direct : new boolean[] {false, true}) {
      try (Bucket one = new S3Bucket(client, "models", ACCOUNT, direct)) {
        Upload upload = one.begin("way-" + direct, "text/plain", Map.of("a", "b"));
        ByteBuffer part = ByteBuffer.wrap(bytes);
        Part first = one.send(upload, 1, part);
        assertThat(part.remaining()).isEqualTo(bytes.length);
        assertThat(one.parts(upload)).containsExactly(first);
        one.complete(upload, List.of(first));
        assertThat(one.get("way-" + direct).orElseThrow()).isEqualTo(bytes);
        items.add(one.head("way-" + direct).orElseThrow());
        one.abort(upload);
        assertThatThrownBy(() -> one.send(upload, 2, part))
            .isInstanceOfSatisfying(
                CloudFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
      }
    }
    assertThat(items.get(0).etag()).isEqualTo(items.get(1).etag());
    assertThat(items.get(0).metadata()).isEqualTo(items.get(1).metadata());
  }

  @Test
  void aStoreThatTakesAPartAndNeverAnswersIsGivenUp() throws IOException {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        S3Client lost = client(URI.create("http://127.0.0.1:" + silent.getLocalPort()), owners);
        var sender = new PartSender(lost, Duration.ofMillis(300))) {
      Upload upload = new Upload("k", "u", Instant.EPOCH);
      assertThatThrownBy(
              () -> sender.send("models", ACCOUNT, upload, 1, ByteBuffer.allocate(9), "AAAAAA=="))
          .isInstanceOf(SdkClientException.class)
          .hasRootCauseMessage("Timeout");
    }
  }

  @Test
  void aPartsRequestNamesTheOwnerAndIsCheckedByTheStore() throws Exception {
    try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        S3Client there =
            client(URI.create("http://127.0.0.1:" + listening.getLocalPort()), owners);
        var sender = new PartSender(there)) {
      var heard = new CompletableFuture<String>();
      Thread.ofVirtual()
          .start(
              () -> {
                try (Socket socket = listening.accept()) {
                  var lines =
                      new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
                  var head = new StringBuilder();
                  for (String line = lines.readLine(); !line.isEmpty(); line = lines.readLine()) {
                    head.append(line.toLowerCase(Locale.ROOT)).append('\n');
                  }
                  heard.complete(head.toString());
                  socket
                      .getOutputStream()
                      .write(
                          String.join(
                                  "\r\n",
                                  "HTTP/1.1 200 OK",
                                  "ETag: \"e\"",
                                  "Content-Length: 0",
                                  "",
                                  "")
                              .getBytes(US_ASCII));
                } catch (IOException e) {
                  heard.completeExceptionally(e);
                }
              });
      Upload upload = new Upload("k", "u", Instant.EPOCH);
      sender.send("models", ACCOUNT, upload, 1, ByteBuffer.allocate(9), "AAAAAA==");
      assertThat(heard.get(20, TimeUnit.SECONDS))
          .contains("x-amz-expected-bucket-owner")
          .contains(ACCOUNT)
          .contains("x-amz-checksum-crc32")
          .contains("content-length: 9");
    }
  }

  @Test
  void behindAProxyOfTheEnvironmentPartsGoTheSdksWay() {
    assertThat(PartSender.usable(Set.of("PATH"))).isTrue();
    assertThat(PartSender.usable(Set.of("PATH", "HTTPS_PROXY"))).isFalse();
    assertThat(PartSender.usable(Set.of("http_proxy"))).isFalse();
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
    Upload upload = new Upload("k", "gone", Instant.EPOCH);
    List<ThrowingCallable> calls =
        List.of(() -> bucket().list(""), () -> bucket().send(upload, 1, ByteBuffer.allocate(9)));
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call)
          .isInstanceOfSatisfying(
              CloudFailure.class,
              e -> {
                assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE);
                assertThat(e.retriable()).isTrue();
                assertThat(String.valueOf(e.getCause())).doesNotContain("Signature");
              });
    }
  }
}
