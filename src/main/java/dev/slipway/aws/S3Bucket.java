package dev.slipway.aws;

import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.model.mirror.Bucket;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * One bucket of S3, by the AWS SDK. Every request names the account that the bucket must belong to,
 * so that nobody else's bucket of that name is ever used. Thread-safe.
 */
public final class S3Bucket implements Bucket {
  /** API reference, DeleteObjects. */
  private static final int MOST_DELETED = 1000;

  private final S3Client s3;
  private final String name;
  private final String account;
  private final S3Failures failures;
  private final S3Uploads uploads;

  /**
   * Opens a bucket.
   *
   * @param s3 which stays open when this is closed
   * @param account 12 digits, the bucket's owner
   */
  public S3Bucket(S3Client s3, String name, String account) {
    this(s3, name, account, PartSender.usable(System.getenv().keySet()));
  }

  /**
   * Opens a bucket.
   *
   * @param direct whether parts are sent past the SDK's own client, which is faster
   */
  S3Bucket(S3Client s3, String name, String account, boolean direct) {
    this.s3 = s3;
    this.name = name;
    this.account = account;
    this.failures = S3Failures.ofBucket(name, account);
    this.uploads = new S3Uploads(s3, name, account, failures, direct);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<Item> head(String key) {
    return failures.call(
        "s3:GetObject",
        () -> {
          try {
            HeadObjectResponse head =
                s3.headObject(h -> h.bucket(name).expectedBucketOwner(account).key(key));
            return Optional.of(
                new Item(
                    key,
                    head.contentLength(),
                    unquoted(head.eTag()),
                    head.lastModified(),
                    head.metadata()));
          } catch (S3Exception e) {
            return absentIf(e, 404);
          }
        });
  }

  @Override
  public List<Item> list(String prefix) {
    return failures.call(
        "s3:ListBucket",
        () ->
            s3
                .listObjectsV2Paginator(
                    l -> l.bucket(name).expectedBucketOwner(account).prefix(prefix))
                .contents()
                .stream()
                .map(
                    o ->
                        new Item(o.key(), o.size(), unquoted(o.eTag()), o.lastModified(), Map.of()))
                .toList());
  }

  @Override
  public Optional<byte[]> get(String key) {
    return failures.call(
        "s3:GetObject",
        () -> {
          try {
            ResponseBytes<GetObjectResponse> object =
                s3.getObjectAsBytes(g -> g.bucket(name).expectedBucketOwner(account).key(key));
            return Optional.of(object.asByteArray());
          } catch (S3Exception e) {
            return CloudFailures.code(e).equals("NoSuchBucket") ? raise(e) : absentIf(e, 404);
          }
        });
  }

  @Override
  public InputStream open(String key, String etag, long offset, long length) {
    return failures.call(
        "s3:GetObject",
        () ->
            s3.getObject(
                g ->
                    g.bucket(name)
                        .expectedBucketOwner(account)
                        .key(key)
                        .ifMatch(quoted(etag))
                        .range("bytes=" + offset + "-" + (offset + length - 1))));
  }

  @Override
  public void put(String key, byte[] body, String contentType) {
    PutObjectResponse unused =
        failures.call(
            "s3:PutObject",
            () ->
                s3.putObject(
                    p ->
                        p.bucket(name)
                            .expectedBucketOwner(account)
                            .key(key)
                            .contentType(contentType),
                    RequestBody.fromBytes(body)));
  }

  @Override
  public Optional<String> putIfAbsent(String key, byte[] body, String contentType) {
    return write(key, body, contentType, Optional.empty());
  }

  @Override
  public Optional<String> putIfUnchanged(String key, String etag, byte[] body, String contentType) {
    return write(key, body, contentType, Optional.of(etag));
  }

  /** Writes over the object with that ETag, or where there is none. */
  private Optional<String> write(
      String key, byte[] body, String contentType, Optional<String> over) {
    return failures.call(
        "s3:PutObject",
        () -> {
          try {
            PutObjectResponse written =
                s3.putObject(
                    p -> {
                      p.bucket(name).expectedBucketOwner(account).key(key).contentType(contentType);
                      over.ifPresentOrElse(
                          etag -> p.ifMatch(quoted(etag)), () -> p.ifNoneMatch("*"));
                    },
                    RequestBody.fromBytes(body));
            return Optional.of(unquoted(written.eTag()));
          } catch (S3Exception e) {
            boolean gone = e.statusCode() == 404 && over.isPresent();
            if (e.statusCode() != 412 && !(gone && !CloudFailures.code(e).equals("NoSuchBucket"))) {
              throw e;
            }
            // Its first try may be what the second one found: an answer that got lost.
            return Objects.requireNonNullElse(e.numAttempts(), 1) > 1
                ? written(key, body)
                : Optional.empty();
          }
        });
  }

  private Optional<String> written(String key, byte[] body) {
    Optional<Item> item = head(key);
    return get(key).filter(now -> Arrays.equals(now, body)).flatMap(_ -> item).map(Item::etag);
  }

  @Override
  public void delete(List<String> keys) {
    for (int from = 0; from < keys.size(); from += MOST_DELETED) {
      deletePage(keys.subList(from, Math.min(keys.size(), from + MOST_DELETED)));
    }
  }

  private void deletePage(List<String> keys) {
    List<ObjectIdentifier> doomed = versions(keys);
    for (int from = 0; from < doomed.size(); from += MOST_DELETED) {
      List<ObjectIdentifier> page =
          doomed.subList(from, Math.min(doomed.size(), from + MOST_DELETED));
      DeleteObjectsResponse answer =
          failures.call(
              "s3:DeleteObject",
              () ->
                  s3.deleteObjects(
                      d ->
                          d.bucket(name)
                              .expectedBucketOwner(account)
                              .delete(what -> what.objects(page).quiet(true))));
      if (answer.hasErrors()) {
        var first = answer.errors().getFirst();
        throw failures.failure(
            "AccessDenied".equals(first.code()) ? Kind.DENIED : Kind.INTERNAL,
            answer.errors().size()
                + " objects were not deleted, the first is "
                + first.key()
                + " ("
                + first.code()
                + ")",
            "Allow s3:DeleteObject and s3:DeleteObjectVersion, then try again.",
            null);
      }
    }
  }

  /** Returns every version and delete marker of the keys; the keys alone where none are kept. */
  private List<ObjectIdentifier> versions(List<String> keys) {
    Set<String> wanted = new HashSet<>(keys);
    List<ObjectIdentifier> found = new ArrayList<>();
    boolean known =
        failures.call(
            "s3:ListBucketVersions",
            () -> {
              try {
                for (var page :
                    s3.listObjectVersionsPaginator(
                        v ->
                            v.bucket(name)
                                .expectedBucketOwner(account)
                                .prefix(commonPrefix(keys)))) {
                  page.versions().forEach(v -> found.add(identifier(v.key(), v.versionId())));
                  page.deleteMarkers().forEach(v -> found.add(identifier(v.key(), v.versionId())));
                }
                return true;
              } catch (S3Exception e) {
                if (e.statusCode() == 501) {
                  return false; // a store without versions
                }
                throw e;
              }
            });
    return known
        ? found.stream().filter(version -> wanted.contains(version.key())).toList()
        : keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
  }

  private static ObjectIdentifier identifier(String key, String version) {
    return ObjectIdentifier.builder().key(key).versionId(version).build();
  }

  private static String commonPrefix(List<String> keys) {
    String prefix = keys.getFirst();
    for (String key : keys) {
      int same = Arrays.mismatch(bytes(prefix), bytes(key));
      prefix = same < 0 ? prefix : whole(Arrays.copyOf(bytes(prefix), same));
    }
    return prefix;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns the text that the bytes begin with, without a character that is cut. */
  private static String whole(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    int cut = text.indexOf('\uFFFD');
    return cut < 0 ? text : text.substring(0, cut);
  }

  @Override
  public Upload begin(String key, String contentType, Map<String, String> metadata) {
    return uploads.begin(key, contentType, metadata);
  }

  @Override
  public Part send(Upload upload, int number, ByteBuffer bytes) {
    return uploads.send(upload, number, bytes);
  }

  @Override
  public List<Part> parts(Upload upload) {
    return uploads.parts(upload);
  }

  @Override
  public void complete(Upload upload, List<Part> parts) {
    uploads.complete(upload, parts);
  }

  @Override
  public void abort(Upload upload) {
    uploads.abort(upload);
  }

  @Override
  public List<Upload> uploads(String prefix) {
    return uploads.below(prefix);
  }

  @Override
  public void close() {
    uploads.close(); // the client is its maker's
  }

  static <T> Optional<T> absentIf(S3Exception e, int status) {
    if (e.statusCode() != status) {
      throw e;
    }
    return Optional.empty();
  }

  private static <T> Optional<T> raise(S3Exception e) {
    throw e;
  }

  static String quoted(String etag) {
    return "\"" + etag + "\"";
  }

  static String unquoted(String etag) {
    return etag.startsWith("\"") && etag.endsWith("\"") && etag.length() > 1
        ? etag.substring(1, etag.length() - 1)
        : etag;
  }
}
