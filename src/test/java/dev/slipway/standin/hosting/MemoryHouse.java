package dev.slipway.standin.hosting;

import dev.slipway.model.mirror.Bucket;
import dev.slipway.model.mirror.FakeBucket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Buckets in memory. Thread-safe. */
public final class MemoryHouse implements ObjectHouse {
  private final Map<String, FakeBucket> buckets = new TreeMap<>();

  @Override
  public synchronized void create(String bucket) {
    buckets.computeIfAbsent(bucket, FakeBucket::new);
  }

  @Override
  public synchronized boolean exists(String bucket) {
    return buckets.containsKey(bucket);
  }

  @Override
  public synchronized Optional<String> remove(String bucket) {
    FakeBucket found = buckets.get(bucket);
    if (found != null && !found.list("").isEmpty()) {
      return Optional.of("The bucket you tried to delete is not empty");
    }
    buckets.remove(bucket);
    return Optional.empty();
  }

  /** Returns a bucket; absent if there is none. */
  public synchronized Optional<Bucket> bucket(String name) {
    return Optional.ofNullable(buckets.get(name));
  }

  /** Lists the names of all buckets. */
  public synchronized List<String> names() {
    return List.copyOf(buckets.keySet());
  }

  @Override
  public List<String> keys(String bucket) {
    return bucket(bucket).stream()
        .flatMap(one -> one.list("").stream())
        .map(Bucket.Item::key)
        .toList();
  }

  @Override
  public Optional<byte[]> get(String bucket, String key) {
    return bucket(bucket).flatMap(one -> one.get(key));
  }

  @Override
  public void put(String bucket, String key, byte[] body) {
    create(bucket);
    bucket(bucket).orElseThrow().put(key, body, "application/octet-stream");
  }
}
