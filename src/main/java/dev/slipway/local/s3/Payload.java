package dev.slipway.local.s3;

import dev.slipway.local.loopback.PrivateFolder;
import dev.slipway.local.s3.StoredObject.StoredChecksum;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The body of a request that writes, and what its sender promised of it: its length, its MD5, its
 * SHA-256, a checksum in a header or after the body.
 */
final class Payload {
  /** S3's bound on one PUT, and on one part (User Guide, "Uploading objects"): 5 GiB. */
  static final long MOST_BYTES = 5L << 30;

  private static final Pattern HEX_SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

  private final S3Request request;
  private final boolean chunked;

  Payload(S3Request request) {
    this.request = request;
    this.chunked =
        request.header("x-amz-content-sha256").filter(v -> v.startsWith("STREAMING-")).isPresent()
            || request
                .header("content-encoding")
                .filter(v -> v.toLowerCase(Locale.ROOT).contains("aws-chunked"))
                .isPresent();
  }

  /** Opens the body as it was before it was cut into chunks; no promise is looked at. */
  InputStream open() {
    InputStream body = request.http().content().inputStream();
    return chunked ? new AwsChunkedInput(body) : body;
  }

  /**
   * Writes the body to a new file, and holds it against the promises.
   *
   * @throws S3Failure if one is broken; the file is gone then
   */
  Blob write(PrivateFolder folder, Optional<ChecksumAlgorithm> wanted) throws IOException {
    OptionalLong length = promisedLength();
    if (length.isPresent() && length.getAsLong() > MOST_BYTES) {
      throw new S3Failure(
          S3Failure.Code.ENTITY_TOO_LARGE,
          "Your proposed upload exceeds the maximum allowed size of " + MOST_BYTES + " bytes.");
    }
    Optional<byte[]> md5 = promisedMd5();
    Optional<String> sha256 =
        request.header("x-amz-content-sha256").filter(v -> HEX_SHA256.matcher(v).matches());
    Optional<ChecksumAlgorithm> algorithm = promisedAlgorithm().or(() -> wanted);
    InputStream source =
        request.http().content().hasEntity()
            ? request.http().content().inputStream()
            : InputStream.nullInputStream();
    AwsChunkedInput chunks = new AwsChunkedInput(source);
    Blob blob;
    try (InputStream body = chunked ? chunks : source) {
      blob = Blob.write(folder, body, new Blob.Sums(sha256.isPresent(), algorithm), MOST_BYTES);
    }
    boolean kept = false;
    try {
      if (length.isPresent() && length.getAsLong() != blob.size()) {
        throw new S3Failure(
            S3Failure.Code.INCOMPLETE_BODY,
            "You did not provide the number of bytes specified by the length header.");
      }
      if (md5.isPresent() && !Blob.hex(md5.get()).equals(blob.md5())) {
        throw new S3Failure(
            S3Failure.Code.BAD_DIGEST,
            "The Content-MD5 you specified did not match what we received.");
      }
      if (sha256.isPresent()
          && !blob.sha256().equals(sha256.map(v -> v.toLowerCase(Locale.ROOT)))) {
        throw new S3Failure(
            S3Failure.Code.SHA256_MISMATCH,
            "The provided 'x-amz-content-sha256' header does not match what was computed.");
      }
      checkChecksum(blob, chunks.trailers());
      kept = true;
      return blob;
    } finally {
      if (!kept) {
        blob.delete(folder);
      }
    }
  }

  private void checkChecksum(Blob blob, Map<String, String> trailers) {
    if (blob.checksum().isEmpty()) {
      return;
    }
    StoredChecksum found = blob.checksum().get();
    String header = found.algorithm().header();
    Optional<String> promised =
        request.header(header).or(() -> Optional.ofNullable(trailers.get(header)));
    boolean announced =
        request
            .header("x-amz-trailer")
            .filter(names -> names.toLowerCase(Locale.ROOT).contains(header))
            .isPresent();
    if (announced && promised.isEmpty()) {
      throw new S3Failure(
          S3Failure.Code.INCOMPLETE_BODY,
          "The trailer " + header + " was announced but never came.");
    }
    if (promised.isPresent() && !promised.get().equals(found.value())) {
      throw new S3Failure(
          S3Failure.Code.BAD_DIGEST,
          "The " + found.algorithm() + " you specified did not match the calculated checksum.");
    }
  }

  private OptionalLong promisedLength() {
    Optional<String> text =
        request.header(chunked ? "x-amz-decoded-content-length" : "content-length");
    try {
      return text.isPresent() ? OptionalLong.of(Long.parseLong(text.get())) : OptionalLong.empty();
    } catch (NumberFormatException e) {
      throw new S3Failure(
          S3Failure.Code.INVALID_ARGUMENT, "x-amz-decoded-content-length is not a number.", e);
    }
  }

  private Optional<byte[]> promisedMd5() {
    try {
      Optional<byte[]> md5 = request.header("content-md5").map(Base64.getDecoder()::decode);
      if (md5.isEmpty() || md5.get().length == 16) {
        return md5;
      }
    } catch (IllegalArgumentException e) {
      // Told below, with the values of the wrong length.
    }
    throw new S3Failure(
        S3Failure.Code.INVALID_DIGEST, "The Content-MD5 you specified was invalid.");
  }

  /** Algorithms that newer clients may know and S3's documents here don't are left unchecked. */
  private Optional<ChecksumAlgorithm> promisedAlgorithm() {
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
      boolean trailing =
          request
              .header("x-amz-trailer")
              .filter(names -> names.toLowerCase(Locale.ROOT).trim().equals(algorithm.header()))
              .isPresent();
      if (trailing || request.header(algorithm.header()).isPresent()) {
        return Optional.of(algorithm);
      }
    }
    return request.header("x-amz-sdk-checksum-algorithm").flatMap(ChecksumAlgorithm::named);
  }
}
