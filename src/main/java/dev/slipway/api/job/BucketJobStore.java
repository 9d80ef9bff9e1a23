package dev.slipway.api.job;

import dev.slipway.model.mirror.Bucket;
import java.util.List;
import java.util.Optional;

/** Keeps jobs in a bucket, below a prefix: every task of a service sees the same ones. */
public final class BucketJobStore implements JobStore {
  private static final String TYPE = "application/json";
  private static final String ENDING = ".json";

  private final Bucket bucket;
  private final String prefix;

  /**
   * Makes a store of a bucket, which is closed with it.
   *
   * @param prefix such as {@code jobs/prod/}
   */
  public BucketJobStore(Bucket bucket, String prefix) {
    this.bucket = bucket;
    this.prefix = prefix;
  }

  @Override
  public boolean add(String name, byte[] body) {
    return bucket.putIfAbsent(key(name), body, TYPE).isPresent();
  }

  @Override
  public Optional<Kept> read(String name) {
    // Twice at most: between the look and the reading another may have written.
    for (int i = 0; i < 3; i++) {
      Optional<Bucket.Item> item = bucket.head(key(name));
      if (item.isEmpty()) {
        return Optional.empty();
      }
      Optional<byte[]> body = bucket.get(key(name));
      if (body.isEmpty()) {
        return Optional.empty();
      }
      Optional<Bucket.Item> after = bucket.head(key(name));
      if (after.isPresent() && after.get().etag().equals(item.get().etag())) {
        return Optional.of(new Kept(body.get(), item.get().etag()));
      }
    }
    return Optional.empty();
  }

  @Override
  public boolean replace(String name, String version, byte[] body) {
    return bucket.putIfUnchanged(key(name), version, body, TYPE).isPresent();
  }

  @Override
  public List<Entry> list(String begin) {
    return bucket.list(prefix + begin).stream()
        .filter(item -> item.key().endsWith(ENDING))
        .map(
            item ->
                new Entry(
                    item.key().substring(prefix.length(), item.key().length() - ENDING.length()),
                    item.modified()))
        .toList();
  }

  @Override
  public void remove(String name) {
    bucket.delete(List.of(key(name)));
  }

  private String key(String name) {
    return prefix + name + ENDING;
  }

  @Override
  public void close() {
    bucket.close();
  }
}
