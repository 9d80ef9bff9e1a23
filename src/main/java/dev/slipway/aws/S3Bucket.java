package dev.slipway.aws;

import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.model.mirror.Bucket;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * One bucket of S3, by the AWS SDK. Every request names the account that the bucket must belong to,
 * so that nobody else's bucket of that name is ever used. Thread-safe.
 */
public final class S3Bucket implements Bucket {
  /** API reference, DeleteObjects. */
  private static final int MOST_DELETED = 1000;

  private static final String BINARY = "application/octet-stream";

  private final S3Client s3;
  private final String name;
  private final String account;
  private final S3Failures failures;
  private final boolean direct;
  private @Nullable PartSender sender;

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
    this.direct = direct;
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
            return S3Failures.code(e).equals("NoSuchBucket") ? raise(e) : absentIf(e, 404);
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
            if (e.statusCode() != 412 && !(gone && !S3Failures.code(e).equals("NoSuchBucket"))) {
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
    return failures.call(
        "s3:PutObject",
        () -> {
          var begun =
              s3.createMultipartUpload(
                  c ->
                      c.bucket(name)
                          .expectedBucketOwner(account)
                          .key(key)
                          .contentType(contentType)
                          .metadata(metadata)
                          .checksumAlgorithm(ChecksumAlgorithm.CRC32));
          return new Upload(key, begun.uploadId(), Instant.now());
        });
  }

  @Override
  public Part send(Upload upload, int number, ByteBuffer bytes) {
    String crc = crc32(bytes);
    return failures.call(
        "s3:PutObject",
        () -> {
          String etag =
              direct
                  ? sender().send(name, account, upload, number, bytes, crc)
                  : send(upload, number, bytes, crc);
          return new Part(number, bytes.remaining(), unquoted(etag));
        });
  }

  /** Returns what sends parts, made with the first: most uses of a bucket have none. */
  private synchronized PartSender sender() {
    if (sender == null) {
      sender = new PartSender(s3);
    }
    return sender;
  }

  private String send(Upload upload, int number, ByteBuffer bytes, String crc) {
    long size = bytes.remaining();
    UploadPartResponse sent =
        s3.uploadPart(
            u ->
                u.bucket(name)
                    .expectedBucketOwner(account)
                    .key(upload.key())
                    .uploadId(upload.id())
                    .partNumber(number)
                    .contentLength(size)
                    .checksumCRC32(crc),
            RequestBody.fromContentProvider(() -> new BufferStream(bytes), size, BINARY));
    return sent.eTag();
  }

  private static String crc32(ByteBuffer bytes) {
    var crc = new CRC32();
    crc.update(bytes.duplicate());
    return Base64.getEncoder()
        .encodeToString(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  @Override
  public List<Part> parts(Upload upload) {
    return failures.call(
        "s3:ListMultipartUploadParts",
        () ->
            listed(upload).stream()
                .map(p -> new Part(p.partNumber(), p.size(), unquoted(p.eTag())))
                .toList());
  }

  private List<software.amazon.awssdk.services.s3.model.Part> listed(Upload upload) {
    return s3
        .listPartsPaginator(
            l ->
                l.bucket(name).expectedBucketOwner(account).key(upload.key()).uploadId(upload.id()))
        .parts()
        .stream()
        .toList();
  }

  @Override
  public void complete(Upload upload, List<Part> parts) {
    var unused =
        failures.call(
            "s3:PutObject",
            () -> {
              // S3 wants each part's checksum again; parts of an earlier run have it only there.
              Map<Integer, String> sums = new HashMap<>();
              listed(upload)
                  .forEach(
                      part -> {
                        if (part.checksumCRC32() != null) {
                          sums.put(part.partNumber(), part.checksumCRC32());
                        }
                      });
              List<CompletedPart> completed =
                  parts.stream()
                      .map(
                          part ->
                              CompletedPart.builder()
                                  .partNumber(part.number())
                                  .eTag(quoted(part.etag()))
                                  .checksumCRC32(sums.get(part.number()))
                                  .build())
                      .toList();
              return s3.completeMultipartUpload(
                  c ->
                      c.bucket(name)
                          .expectedBucketOwner(account)
                          .key(upload.key())
                          .uploadId(upload.id())
                          .multipartUpload(m -> m.parts(completed)));
            });
  }

  @Override
  public void abort(Upload upload) {
    var unused =
        failures.call(
            "s3:AbortMultipartUpload",
            () -> {
              try {
                return Optional.of(
                    s3.abortMultipartUpload(
                        a ->
                            a.bucket(name)
                                .expectedBucketOwner(account)
                                .key(upload.key())
                                .uploadId(upload.id())));
              } catch (S3Exception e) {
                return S3Failures.code(e).equals("NoSuchBucket") ? raise(e) : absentIf(e, 404);
              }
            });
  }

  @Override
  public List<Upload> uploads(String prefix) {
    return failures.call(
        "s3:ListBucketMultipartUploads",
        () ->
            s3
                .listMultipartUploadsPaginator(
                    l -> l.bucket(name).expectedBucketOwner(account).prefix(prefix))
                .uploads()
                .stream()
                .map(u -> new Upload(u.key(), u.uploadId(), u.initiated()))
                .toList());
  }

  @Override
  public synchronized void close() {
    if (sender != null) {
      sender.close(); // the client is its maker's
      sender = null;
    }
  }

  private static <T> Optional<T> absentIf(S3Exception e, int status) {
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
