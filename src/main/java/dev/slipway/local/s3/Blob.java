package dev.slipway.local.s3;

import dev.slipway.local.loopback.PrivateFolder;
import dev.slipway.local.s3.StoredObject.StoredChecksum;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * Bytes in a file of their own, that nothing names yet.
 *
 * @param name of the file in its folder: random, so no key can choose it
 * @param size in bytes
 * @param md5 of the bytes, in hex
 * @param sha256 of the bytes, in hex, if it was asked for
 * @param checksum of the bytes, if one was asked for
 */
record Blob(
    String name,
    long size,
    String md5,
    Optional<String> sha256,
    Optional<StoredChecksum> checksum) {
  private static final int BUFFER_BYTES = 128 * 1024;

  /** Which sums to make while the bytes pass, beside the MD5. */
  record Sums(boolean sha256, Optional<ChecksumAlgorithm> checksum) {
    static final Sums NONE = new Sums(false, Optional.empty());
  }

  /**
   * Writes bytes to a new file.
   *
   * @param most bytes that are taken
   * @throws S3Failure {@code EntityTooLarge} if there are more
   */
  static Blob write(PrivateFolder folder, InputStream body, Sums sums, long most)
      throws IOException {
    String name = UUID.randomUUID().toString();
    ChecksumAlgorithm.Running md5 = ChecksumAlgorithm.digest("MD5");
    Optional<ChecksumAlgorithm.Running> sha256 =
        sums.sha256 ? Optional.of(ChecksumAlgorithm.SHA256.start()) : Optional.empty();
    Optional<ChecksumAlgorithm.Running> checksum = sums.checksum.map(ChecksumAlgorithm::start);
    boolean written = false;
    try (FileChannel file = folder.create(name)) {
      byte[] bytes = new byte[BUFFER_BYTES];
      long size = 0;
      for (int count = body.read(bytes); count >= 0; count = body.read(bytes)) {
        size += count;
        if (size > most) {
          throw new S3Failure(
              S3Failure.Code.ENTITY_TOO_LARGE,
              "Your proposed upload exceeds the maximum allowed size of " + most + " bytes.");
        }
        md5.update(bytes, 0, count);
        if (sha256.isPresent()) {
          sha256.get().update(bytes, 0, count);
        }
        if (checksum.isPresent()) {
          checksum.get().update(bytes, 0, count);
        }
        for (ByteBuffer rest = ByteBuffer.wrap(bytes, 0, count); rest.hasRemaining(); ) {
          file.write(rest);
        }
      }
      written = true;
      return new Blob(
          name,
          size,
          hex(md5.value()),
          sha256.map(sum -> hex(sum.value())),
          checksum.map(
              sum ->
                  new StoredChecksum(
                      sums.checksum.orElseThrow(),
                      Base64.getEncoder().encodeToString(sum.value()))));
    } finally {
      if (!written) {
        Files.deleteIfExists(folder.file(name));
      }
    }
  }

  void delete(PrivateFolder folder) throws IOException {
    Files.deleteIfExists(folder.file(name));
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
