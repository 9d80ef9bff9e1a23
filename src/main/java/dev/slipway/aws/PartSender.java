package dev.slipway.aws;

import dev.slipway.model.mirror.Bucket.Upload;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Sends parts faster than the SDK's own client, which copies bodies in steps of 4 KiB and, without
 * TLS, hashes each once more: the SDK resolves the address and signs, and the JDK's client sends
 * large slices of the buffer. Fails with the exceptions that the SDK would throw. Thread-safe.
 */
final class PartSender implements AutoCloseable {
  private static final int SLICE_BYTES = 1 << 17;
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** The signature must be good when S3 begins to read; whatever follows takes what it takes. */
  private static final Duration SIGNED = Duration.ofMinutes(15);

  /** How long nothing may move: neither a slice of the body, nor at its end the answer. */
  private static final Duration STALL = Duration.ofSeconds(60);

  /** Headers that the JDK's client writes by itself. */
  private static final Set<String> OWN = Set.of("host", "content-length");

  private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9]{1,80})</Code>");

  private final S3Presigner presigner;
  private final HttpClient http;
  private final Duration stall;

  PartSender(S3Client s3) {
    this(s3, STALL);
  }

  /**
   * Sends parts to where a client does.
   *
   * @param stall how long nothing may move
   */
  PartSender(S3Client s3, Duration stall) {
    this.stall = stall;
    this.presigner = presigner(s3);
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
  }

  /** Signs as the client does. An address that was given is that of one server for all buckets. */
  private static S3Presigner presigner(S3Client s3) {
    var client = s3.serviceClientConfiguration();
    var presigner =
        S3Presigner.builder()
            .region(client.region())
            .credentialsProvider(client.credentialsProvider())
            .serviceConfiguration(
                S3Configuration.builder()
                    .pathStyleAccessEnabled(client.endpointOverride().isPresent())
                    .build());
    client.endpointOverride().ifPresent(presigner::endpointOverride);
    return presigner.build();
  }

  /** Returns whether parts may go this way: proxies of the environment are the SDK's to know. */
  static boolean usable(Set<String> variables) {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(variables);
    return !names.contains("https_proxy") && !names.contains("http_proxy");
  }

  /** Sends a part; returns its ETag as S3 writes it. */
  String send(
      String bucket, String account, Upload upload, int number, ByteBuffer bytes, String crc32) {
    var signed =
        presigner.presignUploadPart(
            p ->
                p.signatureDuration(SIGNED)
                    .uploadPartRequest(
                        u ->
                            u.bucket(bucket)
                                .expectedBucketOwner(account)
                                .key(upload.key())
                                .uploadId(upload.id())
                                .partNumber(number)
                                .checksumCRC32(crc32)));
    var moved = new AtomicLong(System.nanoTime());
    var request =
        HttpRequest.newBuilder(URI.create(signed.url().toString())).PUT(body(bytes, moved));
    signed
        .signedHeaders()
        .forEach(
            (name, values) -> {
              if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    HttpResponse<String> answer = answer(request.build(), moved);
    if (answer.statusCode() != 200) {
      throw refused(answer);
    }
    return answer
        .headers()
        .firstValue("ETag")
        .orElseThrow(() -> SdkClientException.create("the answer to a part has no ETag"));
  }

  private HttpResponse<String> answer(HttpRequest request, AtomicLong moved) {
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(request, BodyHandlers.ofString());
    try {
      while (true) {
        long left = stall.toNanos() - (System.nanoTime() - moved.get());
        if (left <= 0) {
          throw broken("Timeout");
        }
        try {
          return answer.get(left, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          // Something may have moved meanwhile.
        }
      }
    } catch (ExecutionException e) {
      // Not the message: it may name the signed address.
      throw broken(String.valueOf(e.getCause()).replaceFirst("[:\n].*", ""));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AbortedException.create("interrupted");
    } finally {
      answer.cancel(true); // nobody waits for it any more; nothing if it is here
    }
  }

  private static SdkClientException broken(String how) {
    return SdkClientException.create("the connection failed", new IOException(how));
  }

  private static S3Exception refused(HttpResponse<String> answer) {
    Matcher code = CODE.matcher(answer.body());
    var details = AwsErrorDetails.builder().errorCode(code.find() ? code.group(1) : "").build();
    return (S3Exception)
        S3Exception.builder().statusCode(answer.statusCode()).awsErrorDetails(details).build();
  }

  private static HttpRequest.BodyPublisher body(ByteBuffer bytes, AtomicLong moved) {
    return bytes.hasRemaining()
        ? BodyPublishers.fromPublisher(new Slices(bytes.slice(), moved), bytes.remaining())
        : BodyPublishers.noBody();
  }

  /** Hands out a buffer in slices, without copying it; again from its start to each subscriber. */
  private record Slices(ByteBuffer bytes, AtomicLong moved) implements Flow.Publisher<ByteBuffer> {
    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
      subscriber.onSubscribe(new Slicing(subscriber, bytes.duplicate(), moved));
    }
  }

  /** One reading. The JDK's client asks from one thread at a time, and from within onNext. */
  private static final class Slicing implements Flow.Subscription {
    private final Flow.Subscriber<? super ByteBuffer> subscriber;
    private final ByteBuffer left;
    private final AtomicLong moved;
    private long wanted;
    private boolean handing;
    private boolean over;

    Slicing(Flow.Subscriber<? super ByteBuffer> subscriber, ByteBuffer left, AtomicLong moved) {
      this.subscriber = subscriber;
      this.left = left;
      this.moved = moved;
    }

    @Override
    public synchronized void request(long count) {
      wanted = wanted + count < 0 ? Long.MAX_VALUE : wanted + count;
      if (handing) {
        return;
      }
      handing = true;
      while (wanted > 0 && !over) {
        wanted--;
        moved.set(System.nanoTime());
        int length = Math.min(SLICE_BYTES, left.remaining());
        ByteBuffer slice = left.slice(left.position(), length).asReadOnlyBuffer();
        left.position(left.position() + length);
        subscriber.onNext(slice);
        if (!left.hasRemaining()) {
          over = true;
          subscriber.onComplete();
        }
      }
      handing = false;
    }

    @Override
    public synchronized void cancel() {
      over = true;
    }
  }

  @Override
  public void close() {
    presigner.close();
    http.shutdownNow();
  }
}
