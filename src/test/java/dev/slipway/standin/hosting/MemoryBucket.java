package dev.slipway.standin.hosting;

import dev.slipway.model.mirror.Bucket;
import dev.slipway.standin.kernel.AwsError;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A bucket in memory. Thread-safe. */
public final class MemoryBucket implements Bucket {
  private final String name;
  private final TreeMap<String, Stored> objects = new TreeMap<>();
  private final Map<String, Begun> uploads = new TreeMap<>();
  private int begun;

  private record Stored(Item item, byte[] body) {}

  private record Begun(
      Upload upload, Map<String, String> metadata, TreeMap<Integer, byte[]> parts) {}

  /** Makes an empty bucket. */
  public MemoryBucket(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized Optional<Item> head(String key) {
    return Optional.ofNullable(objects.get(key)).map(Stored::item);
  }

  @Override
  public synchronized List<Item> list(String prefix) {
    return objects.tailMap(prefix).values().stream()
        .map(Stored::item)
        .takeWhile(item -> item.key().startsWith(prefix))
        .map(item -> new Item(item.key(), item.size(), item.etag(), item.modified(), Map.of()))
        .toList();
  }

  @Override
  public synchronized Optional<byte[]> get(String key) {
    return Optional.ofNullable(objects.get(key)).map(stored -> stored.body().clone());
  }

  @Override
  public synchronized void put(String key, byte[] body, String contentType) {
    store(key, body, Map.of(), MemoryHouse.etag(body));
  }

  @Override
  public synchronized Optional<String> putIfAbsent(String key, byte[] body, String contentType) {
    if (objects.containsKey(key)) {
      return Optional.empty();
    }
    return Optional.of(store(key, body, Map.of(), MemoryHouse.etag(body)));
  }

  @Override
  public synchronized Optional<String> putIfUnchanged(
      String key, String etag, byte[] body, String contentType) {
    Stored stored = objects.get(key);
    if (stored == null || !stored.item().etag().equals(etag)) {
      return Optional.empty();
    }
    return Optional.of(store(key, body, Map.of(), MemoryHouse.etag(body)));
  }

  @Override
  public synchronized void delete(List<String> keys) {
    keys.forEach(objects::remove);
  }

  @Override
  public synchronized Upload begin(String key, String contentType, Map<String, String> metadata) {
    Upload upload = new Upload(key, "upload-" + ++begun, MemoryHouse.now());
    uploads.put(upload.id(), new Begun(upload, Map.copyOf(metadata), new TreeMap<>()));
    return upload;
  }

  @Override
  public synchronized Part send(Upload upload, int number, ByteBuffer bytes) {
    byte[] part = new byte[bytes.remaining()];
    bytes.duplicate().get(part);
    require(upload).parts().put(number, part);
    return new Part(number, part.length, MemoryHouse.etag(part));
  }

  @Override
  public synchronized List<Part> parts(Upload upload) {
    List<Part> parts = new ArrayList<>();
    require(upload)
        .parts()
        .forEach(
            (number, part) -> parts.add(new Part(number, part.length, MemoryHouse.etag(part))));
    return parts;
  }

  @Override
  public synchronized void complete(Upload upload, List<Part> parts) {
    Begun found = require(upload);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (Part part : parts) {
      byte[] bytes = found.parts().get(part.number());
      if (bytes == null || !MemoryHouse.etag(bytes).equals(part.etag())) {
        throw new AwsError(400, "InvalidPart", "One or more of the specified parts is missing");
      }
      whole.writeBytes(bytes);
    }
    byte[] body = whole.toByteArray();
    store(upload.key(), body, found.metadata(), MemoryHouse.etag(body) + "-" + parts.size());
    uploads.remove(upload.id());
  }

  @Override
  public synchronized void abort(Upload upload) {
    uploads.remove(upload.id());
  }

  @Override
  public synchronized List<Upload> uploads(String prefix) {
    return uploads.values().stream()
        .map(Begun::upload)
        .filter(upload -> upload.key().startsWith(prefix))
        .toList();
  }

  @Override
  public void close() {}

  private Begun require(Upload upload) {
    Begun found = uploads.get(upload.id());
    if (found == null) {
      throw new AwsError(404, "NoSuchUpload", "The specified multipart upload does not exist");
    }
    return found;
  }

  private String store(String key, byte[] body, Map<String, String> metadata, String etag) {
    objects.put(
        key,
        new Stored(new Item(key, body.length, etag, MemoryHouse.now(), metadata), body.clone()));
    return etag;
  }
}
