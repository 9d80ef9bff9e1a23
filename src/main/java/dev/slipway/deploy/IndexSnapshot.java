package dev.slipway.deploy;

import dev.slipway.failure.OperationFailed;
import dev.slipway.model.mirror.Bucket;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * The files of an index at a moment, named by their content: the same index has the same key on
 * every machine, and is stored once.
 *
 * @param folder that the files lie in
 * @param files their names, sorted
 * @param hash 20 hexadecimal digits
 */
public record IndexSnapshot(Path folder, List<String> files, String hash) {
  /** Lucene's own lock, which says nothing of the content. */
  private static final String WRITE_LOCK = "write.lock";

  private static final int HASH_BYTES = 10;
  private static final int PART = 16 << 20;

  /** Copies the list. */
  public IndexSnapshot {
    files = List.copyOf(files);
  }

  /**
   * Looks at a folder; one that doesn't exist is an index without passages.
   *
   * @throws OperationFailed if it can't be read, or changes meanwhile
   */
  public static IndexSnapshot of(Path folder) {
    try {
      List<String> files = Files.isDirectory(folder) ? names(folder) : List.of();
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String file : files) {
        Path path = folder.resolve(file);
        digest.update((file + "\0" + Files.size(path) + "\0").getBytes(StandardCharsets.UTF_8));
        try (var in = new DigestInputStream(Files.newInputStream(path), digest)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
      }
      return new IndexSnapshot(
          folder, files, HexFormat.of().formatHex(digest.digest(), 0, HASH_BYTES));
    } catch (IOException e) {
      throw unreadable(folder, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(Files::isRegularFile)
          .map(path -> String.valueOf(path.getFileName()))
          .filter(name -> !name.equals(WRITE_LOCK))
          .sorted()
          .toList();
    }
  }

  /** Returns whether there is an index at all. */
  public boolean isEmpty() {
    return files.isEmpty();
  }

  /**
   * Returns where it lies in the store.
   *
   * @param prefix ends in a slash
   */
  public String key(String prefix) {
    return prefix + hash + ".zip";
  }

  /**
   * Stores it, unless it is there.
   *
   * @return whether it was stored now
   */
  boolean store(Bucket bucket, String prefix) {
    if (bucket.head(key(prefix)).isPresent()) {
      return false;
    }
    try {
      Path packed = Files.createTempFile("index", ".zip");
      try {
        pack(packed);
        send(bucket, key(prefix), packed);
      } finally {
        Files.deleteIfExists(packed);
      }
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
    return true;
  }

  private void pack(Path packed) throws IOException {
    try (var out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(packed)))) {
      // Vectors hardly get smaller, however hard one tries.
      out.setLevel(Deflater.BEST_SPEED);
      for (String file : files) {
        out.putNextEntry(new ZipEntry(file));
        Files.copy(folder.resolve(file), out);
        out.closeEntry();
      }
    }
    if (!of(folder).hash().equals(hash)) {
      throw new IOException("it changed while it was read");
    }
  }

  private static void send(Bucket bucket, String key, Path packed) throws IOException {
    if (Files.size(packed) <= PART) {
      bucket.put(key, Files.readAllBytes(packed), "application/zip");
      return;
    }
    Bucket.Upload upload = bucket.begin(key, "application/zip", Map.of());
    try (FileChannel channel = FileChannel.open(packed, StandardOpenOption.READ)) {
      List<Bucket.Part> parts = new ArrayList<>();
      ByteBuffer buffer = ByteBuffer.allocate(PART);
      while (channel.position() < channel.size()) {
        buffer.clear();
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
          // Until the part is full, or the file at its end.
        }
        parts.add(bucket.send(upload, parts.size() + 1, buffer.flip()));
      }
      bucket.complete(upload, parts);
    } catch (IOException | RuntimeException failed) {
      bucket.abort(upload);
      throw failed;
    }
  }

  /**
   * Brings a stored index to a folder, which is made.
   *
   * @param key of the object
   * @throws OperationFailed if there is none, or it isn't what its name says
   */
  public static void fetch(Bucket bucket, String key, Path folder) {
    Bucket.Item item =
        bucket
            .head(key)
            .orElseThrow(
                () ->
                    new OperationFailed(
                        "index_gone",
                        "There is no index s3://" + bucket.name() + "/" + key,
                        "it was deleted, or never stored.",
                        "Deploy again: that stores it."));
    try {
      Files.createDirectories(folder);
      try (var in = new ZipInputStream(content(bucket, item))) {
        for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
          Path file = folder.resolve(entry.getName()).normalize();
          if (!folder.normalize().equals(file.getParent())) {
            throw new IOException("it holds " + entry.getName() + ", outside of its folder");
          }
          try (var out = Channels.newOutputStream(written(file))) {
            in.transferTo(out);
          }
        }
      }
      String hash = of(folder).hash();
      if (!key.endsWith("/" + hash + ".zip")) {
        throw new IOException("its content has the hash " + hash);
      }
    } catch (IOException e) {
      throw new OperationFailed(
          "index_broken",
          "Cannot use the index s3://" + bucket.name() + "/" + key,
          String.valueOf(e.getMessage()),
          "Delete that object and deploy again: that stores it anew.",
          false,
          e);
    }
  }

  private static InputStream content(Bucket bucket, Bucket.Item item) {
    return bucket.open(item.key(), item.etag(), 0, item.size());
  }

  private static FileChannel written(Path file) throws IOException {
    return FileChannel.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  private static OperationFailed unreadable(Path folder, IOException cause) {
    String why =
        cause instanceof NoSuchFileException
            ? "it changed while it was read"
            : String.valueOf(cause.getMessage());
    return new OperationFailed(
        "index_unreadable",
        "Cannot read the index in " + folder,
        why,
        "Deploy again when `slipway index` is done.",
        true,
        cause);
  }
}
