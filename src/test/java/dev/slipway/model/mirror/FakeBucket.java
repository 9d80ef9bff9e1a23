package dev.slipway.model.mirror;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.CloudFailure.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Keeps objects and uploads in memory, and holds callers to S3's rules. Passes the contract that
 * the adapter passes; a new one on the same {@link Contents} sees what an earlier one left.
 */
public final class FakeBucket implements Bucket {

  /** What a bucket holds, which outlives whoever opened it. */
  public static final class Contents {
    private final NavigableMap<String, Stored> objects = new TreeMap<>();
    private final NavigableMap<String, Pending> uploads = new TreeMap<>();
    private long clock;

    private Instant tick() {
      return Instant.EPOCH.plusSeconds(++clock);
    }
  }

  private record Stored(Item item, byte[] body) {}

  private record Pending(
      Upload upload, Map<String, String> metadata, NavigableMap<Integer, byte[]> parts) {}

  private final String name;
  private final long smallestPart;
  private final Contents contents;

  /** Makes an empty bucket that takes parts of any size. */
  public FakeBucket(String name) {
    this(name, 0, new Contents());
  }

  /**
   * Opens a bucket.
   *
   * @param smallestPart what every part but the last must have at least, in bytes
   */
  public FakeBucket(String name, long smallestPart, Contents contents) {
    this.name = name;
    this.smallestPart = smallestPart;
    this.contents = contents;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<Item> head(String key) {
    synchronized (contents) {
      return Optional.ofNullable(contents.objects.get(key)).map(Stored::item);
    }
  }

  @Override
  public List<Item> list(String prefix) {
    synchronized (contents) {
      return contents.objects.values().stream()
          .map(Stored::item)
          .filter(item -> item.key().startsWith(prefix))
          .map(i -> new Item(i.key(), i.size(), i.etag(), i.modified(), Map.of()))
          .toList();
    }
  }

  @Override
  public Optional<byte[]> get(String key) {
    synchronized (contents) {
      return Optional.ofNullable(contents.objects.get(key)).map(stored -> stored.body().clone());
    }
  }

  @Override
  public InputStream open(String key, String etag, long offset, long length) {
    synchronized (contents) {
      Stored stored = contents.objects.get(key);
      if (stored == null) {
        throw failure(Kind.NOT_FOUND, "there is no object " + key);
      }
      if (!stored.item().etag().equals(etag)) {
        throw failure(Kind.CONFLICT, key + " was changed meanwhile");
      }
      return new ByteArrayInputStream(
          stored.body(), Math.toIntExact(offset), Math.toIntExact(length));
    }
  }

  @Override
  public void put(String key, byte[] body, String contentType) {
    synchronized (contents) {
      store(key, body.clone(), md5(body), Map.of());
    }
  }

  @Override
  public Optional<String> putIfAbsent(String key, byte[] body, String contentType) {
    synchronized (contents) {
      if (contents.objects.containsKey(key)) {
        return Optional.empty();
      }
      return Optional.of(store(key, body.clone(), md5(body), Map.of()));
    }
  }

  @Override
  public Optional<String> putIfUnchanged(String key, String etag, byte[] body, String contentType) {
    synchronized (contents) {
      Stored there = contents.objects.get(key);
      if (there == null || !there.item().etag().equals(etag)) {
        return Optional.empty();
      }
      return Optional.of(store(key, body.clone(), md5(body), Map.of()));
    }
  }

  @Override
  public void delete(List<String> keys) {
    synchronized (contents) {
      keys.forEach(contents.objects::remove);
    }
  }

  @Override
  public Upload begin(String key, String contentType, Map<String, String> metadata) {
    synchronized (contents) {
      Instant now = contents.tick();
      Upload upload = new Upload(key, "upload-" + now.getEpochSecond(), now);
      contents.uploads.put(upload.id(), new Pending(upload, Map.copyOf(metadata), new TreeMap<>()));
      return upload;
    }
  }

  @Override
  public Part send(Upload upload, int number, ByteBuffer bytes) {
    byte[] body = new byte[bytes.remaining()];
    bytes.duplicate().get(body);
    if (number < 1 || number > 10_000) {
      throw failure(Kind.INVALID, "part numbers are from 1 to 10000, not " + number);
    }
    synchronized (contents) {
      pending(upload).parts().put(number, body);
    }
    return new Part(number, body.length, md5(body));
  }

  @Override
  public List<Part> parts(Upload upload) {
    synchronized (contents) {
      List<Part> parts = new ArrayList<>();
      pending(upload)
          .parts()
          .forEach((number, body) -> parts.add(new Part(number, body.length, md5(body))));
      return parts;
    }
  }

  @Override
  public void complete(Upload upload, List<Part> parts) {
    synchronized (contents) {
      Pending pending = pending(upload);
      var whole = new ByteArrayOutputStream();
      var sums = new ByteArrayOutputStream();
      int last = 0;
      for (Part part : parts) {
        byte[] body = pending.parts().get(part.number());
        if (body == null || !md5(body).equals(part.etag()) || part.number() <= last) {
          throw failure(Kind.INVALID, "part " + part.number() + " is not as listed");
        }
        if (body.length < smallestPart && part.number() != parts.getLast().number()) {
          throw failure(Kind.INVALID, "part " + part.number() + " is too small");
        }
        last = part.number();
        whole.writeBytes(body);
        sums.writeBytes(HexFormat.of().parseHex(part.etag()));
      }
      if (parts.isEmpty()) {
        throw failure(Kind.INVALID, "an object has at least one part");
      }
      store(
          upload.key(),
          whole.toByteArray(),
          md5(sums.toByteArray()) + "-" + parts.size(),
          pending.metadata());
      contents.uploads.remove(upload.id());
    }
  }

  @Override
  public void abort(Upload upload) {
    synchronized (contents) {
      contents.uploads.remove(upload.id());
    }
  }

  @Override
  public List<Upload> uploads(String prefix) {
    synchronized (contents) {
      return contents.uploads.values().stream()
          .map(Pending::upload)
          .filter(upload -> upload.key().startsWith(prefix))
          .sorted(
              Comparator.comparing(Upload::key)
                  .thenComparing(Upload::begun)
                  .thenComparing(Upload::id))
          .toList();
    }
  }

  @Override
  public void close() {
    // Holds nothing that is to be given back.
  }

  private Pending pending(Upload upload) {
    Pending pending = contents.uploads.get(upload.id());
    if (pending == null || !pending.upload().key().equals(upload.key())) {
      throw failure(Kind.NOT_FOUND, "there is no such upload of " + upload.key());
    }
    return pending;
  }

  private String store(String key, byte[] body, String etag, Map<String, String> metadata) {
    contents.objects.put(
        key, new Stored(new Item(key, body.length, etag, contents.tick(), metadata), body));
    return etag;
  }

  private CloudFailure failure(Kind kind, String why) {
    return new CloudFailure(
        kind, "The bucket " + name + " did not do as asked", why, "Try again.", null);
  }

  private static String md5(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
