package dev.slipway.aws;

import dev.slipway.model.mirror.Bucket.Part;
import dev.slipway.model.mirror.Bucket.Upload;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * The uploads of one bucket that come in parts: begun, sent, listed, completed, aborted.
 * Thread-safe.
 */
final class S3Uploads implements AutoCloseable {
  private static final String BINARY = "application/octet-stream";

  private final S3Client s3;
  private final String name;
  private final String account;
  private final S3Failures failures;
  private final boolean direct;
  private @Nullable PartSender sender;

  /**
   * Opens a bucket's uploads.
   *
   * @param s3 which stays open when this is closed
   * @param name the bucket's
   * @param account 12 digits, the bucket's owner
   * @param direct whether parts are sent past the SDK's own client, which is faster
   */
  S3Uploads(S3Client s3, String name, String account, S3Failures failures, boolean direct) {
    this.s3 = s3;
    this.name = name;
    this.account = account;
    this.failures = failures;
    this.direct = direct;
  }

  /** Begins an upload, each part of which has a checksum. */
  Upload begin(String key, String contentType, Map<String, String> metadata) {
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

  /** Sends one part; repeated, it replaces what was sent. */
  Part send(Upload upload, int number, ByteBuffer bytes) {
    String crc = crc32(bytes);
    return failures.call(
        "s3:PutObject",
        () -> {
          String etag =
              direct
                  ? sender().send(name, account, upload, number, bytes, crc)
                  : send(upload, number, bytes, crc);
          return new Part(number, bytes.remaining(), S3Bucket.unquoted(etag));
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

  /** Lists the parts that have arrived. */
  List<Part> parts(Upload upload) {
    return failures.call(
        "s3:ListMultipartUploadParts",
        () ->
            listed(upload).stream()
                .map(p -> new Part(p.partNumber(), p.size(), S3Bucket.unquoted(p.eTag())))
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

  /** Makes the object of its parts. */
  void complete(Upload upload, List<Part> parts) {
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
                                  .eTag(S3Bucket.quoted(part.etag()))
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

  /** Drops an upload; one that is gone is no failure. */
  void abort(Upload upload) {
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
                if (CloudFailures.code(e).equals("NoSuchBucket")) {
                  throw e;
                }
                return S3Bucket.absentIf(e, 404);
              }
            });
  }

  /** Lists the open uploads whose key begins so. */
  List<Upload> below(String prefix) {
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
      sender.close();
      sender = null;
    }
  }
}
