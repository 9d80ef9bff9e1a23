package dev.slipway.local.s3;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.local.loopback.PrivateFolder;
import dev.slipway.local.s3.StoredObject.Description;
import dev.slipway.local.s3.StoredObject.StoredChecksum;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a bucket's unfinished uploads: a folder each, with what was said at its start and, per
 * part, a record that points at a file of bytes. They outlive the server. Thread-safe.
 */
final class Uploads {
  /** Amazon S3 User Guide, "Multipart upload limits": parts 1 to 10,000. */
  static final int MOST_PARTS = 10_000;

  /** The same: every part but the last has at least 5 MiB. */
  static final long SMALLEST_PART_BYTES = 5L << 20;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");
  private static final String START = "upload.json";
  private static final String PART = "part-";

  private final PrivateFolder folder;
  private final Set<String> completing = ConcurrentHashMap.newKeySet();

  Uploads(PrivateFolder folder) {
    this.folder = folder;
  }

  /**
   * What was said when an upload began.
   *
   * @param started in milliseconds since 1970
   * @param algorithm of the parts' checksums, or null
   * @param fullObject whether the checksum of the whole is of its bytes, not of its parts' sums
   */
  record Upload(
      String id,
      String key,
      long started,
      Map<String, String> headers,
      Map<String, String> metadata,
      @Nullable ChecksumAlgorithm algorithm,
      boolean fullObject) {

    Optional<ChecksumAlgorithm> checksumAlgorithm() {
      return Optional.ofNullable(algorithm);
    }

    Description description() {
      return new Description(headers, metadata);
    }
  }

  /**
   * One part that has arrived.
   *
   * @param modified in milliseconds since 1970
   * @param checksum in base64, or null
   * @param bytes the name of the file that holds its bytes
   */
  record Part(
      int number, long size, String md5, long modified, @Nullable String checksum, String bytes) {}

  /** One part as the request that completes the upload lists it. */
  record Listed(int number, String etag, Optional<String> checksum) {}

  Upload begin(
      String key, Description description, Optional<ChecksumAlgorithm> algorithm, boolean full)
      throws IOException {
    String id = UUID.randomUUID().toString();
    Upload upload =
        new Upload(
            id,
            key,
            Instant.now().toEpochMilli(),
            description.headers(),
            description.metadata(),
            algorithm.orElse(null),
            full);
    folder.child(id).write(START, JSON.writeValueAsBytes(upload));
    return upload;
  }

  Upload find(String id, String key) throws IOException {
    if (!ID.matcher(id).matches() || !folder.hasFolder(id)) {
      throw S3Failure.noSuchUpload();
    }
    try {
      Upload upload = read(folder.child(id).file(START), Upload.class);
      if (upload.key().equals(key)) {
        return upload;
      }
    } catch (NoSuchFileException e) {
      // Being made or taken away at this moment: not there.
    }
    throw S3Failure.noSuchUpload();
  }

  List<Upload> all() throws IOException {
    List<Upload> uploads = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder.path())) {
      for (Path one : folders) {
        try {
          uploads.add(read(one.resolve(START), Upload.class));
        } catch (NoSuchFileException e) {
          // Being made or taken away at this moment: not there.
        }
      }
    }
    uploads.sort(
        Comparator.comparing(Upload::key, Bucket::compareCodePoints)
            .thenComparing(Upload::started)
            .thenComparing(Upload::id));
    return uploads;
  }

  /** Returns where the bytes of parts go before {@link #add} names them. */
  PrivateFolder bytes(Upload upload) throws IOException {
    return folder.child(upload.id());
  }

  Part add(Upload upload, int number, Blob blob) throws IOException {
    Part part =
        new Part(
            number,
            blob.size(),
            blob.md5(),
            Instant.now().toEpochMilli(),
            blob.checksum().map(StoredChecksum::value).orElse(null),
            blob.name());
    bytes(upload).write(PART + number + ".json", JSON.writeValueAsBytes(part));
    return part;
  }

  /** Returns the parts that have arrived, by number. */
  List<Part> parts(Upload upload) throws IOException {
    List<Part> parts = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(bytes(upload).path(), PART + "*.json")) {
      for (Path file : files) {
        parts.add(read(file, Part.class));
      }
    }
    parts.sort(Comparator.comparingInt(Part::number));
    return parts;
  }

  void abort(Upload upload) throws IOException {
    new PrivateFolder(folder.file(upload.id())).delete();
  }

  /**
   * Makes one object of the listed parts, and the upload is over.
   *
   * @throws S3Failure if the list does not fit what has arrived; the upload goes on then
   */
  StoredObject complete(Bucket bucket, Upload upload, List<Listed> listed, Condition condition)
      throws IOException {
    if (!completing.add(upload.id())) {
      throw S3Failure.noSuchUpload();
    }
    try {
      List<Part> parts = chosen(upload, listed);
      Blob.Sums sums =
          new Blob.Sums(false, upload.fullObject() ? upload.checksumAlgorithm() : Optional.empty());
      Blob blob;
      try (InputStream whole = new SequenceInputStream(opened(bytes(upload), parts))) {
        blob = Blob.write(bucket.bytes(), whole, sums, Long.MAX_VALUE);
      }
      StoredObject object =
          new StoredObject(
              upload.key(),
              blob.size(),
              etag(parts),
              Instant.ofEpochSecond(Instant.now().getEpochSecond()),
              upload.description(),
              blob.checksum().or(() -> composite(upload, parts)));
      bucket.put(object, blob, condition);
      abort(upload);
      return object;
    } finally {
      completing.remove(upload.id());
    }
  }

  private List<Part> chosen(Upload upload, List<Listed> listed) throws IOException {
    Map<Integer, Part> arrived = new HashMap<>();
    parts(upload).forEach(part -> arrived.put(part.number(), part));
    List<Part> chosen = new ArrayList<>();
    int last = 0;
    for (Listed one : listed) {
      if (one.number() <= last) {
        throw new S3Failure(
            S3Failure.Code.INVALID_PART_ORDER,
            "The list of parts was not in ascending order. Parts must be ordered by part number.");
      }
      last = one.number();
      Part part = arrived.get(one.number());
      boolean fits =
          part != null
              && part.md5().equals(one.etag())
              && (one.checksum().isEmpty()
                  || part.checksum() == null
                  || one.checksum().get().equals(part.checksum()));
      if (part == null || !fits) {
        throw new S3Failure(
            S3Failure.Code.INVALID_PART,
            "One or more of the specified parts could not be found, or did not match its ETag: part "
                + one.number());
      }
      chosen.add(part);
    }
    for (Part part : chosen.subList(0, Math.max(0, chosen.size() - 1))) {
      if (part.size() < SMALLEST_PART_BYTES) {
        throw new S3Failure(
            S3Failure.Code.ENTITY_TOO_SMALL,
            "Your proposed upload is smaller than the minimum allowed size: part " + part.number());
      }
    }
    return chosen;
  }

  private static String etag(List<Part> parts) {
    ChecksumAlgorithm.Running md5 = ChecksumAlgorithm.digest("MD5");
    for (Part part : parts) {
      byte[] sum = HexFormat.of().parseHex(part.md5());
      md5.update(sum, 0, sum.length);
    }
    return Blob.hex(md5.value()) + "-" + parts.size();
  }

  private static Optional<StoredChecksum> composite(Upload upload, List<Part> parts) {
    if (upload.checksumAlgorithm().isEmpty()) {
      return Optional.empty();
    }
    ChecksumAlgorithm algorithm = upload.checksumAlgorithm().get();
    ChecksumAlgorithm.Running all = algorithm.start();
    for (Part part : parts) {
      if (part.checksum() == null) {
        return Optional.empty();
      }
      byte[] sum = Base64.getDecoder().decode(part.checksum());
      all.update(sum, 0, sum.length);
    }
    return Optional.of(
        new StoredChecksum(
            algorithm, Base64.getEncoder().encodeToString(all.value()) + "-" + parts.size()));
  }

  /** Opens one part after the other, so that ten thousand take one file handle. */
  @SuppressWarnings("JdkObsolete") // SequenceInputStream takes nothing newer
  private static Enumeration<InputStream> opened(PrivateFolder folder, List<Part> parts) {
    Iterator<Part> left = parts.iterator();
    return new Enumeration<>() {
      @Override
      public boolean hasMoreElements() {
        return left.hasNext();
      }

      @Override
      public InputStream nextElement() {
        try {
          return Files.newInputStream(folder.file(left.next().bytes()));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  private static <T> T read(Path file, Class<T> type) throws IOException {
    return JSON.readValue(Files.readAllBytes(file), type);
  }
}
