package dev.slipway.model.mirror;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Lets a script disturb every call of a bucket, and counts the parts that were sent. */
final class ScriptedBucket implements Bucket {

  /** Disturbs calls by throwing; called by several threads, one at a time. */
  interface Script {
    /** Runs before a call reaches the bucket. */
    void before(String call);

    /** Runs after a call has taken effect: to throw is to lose its answer. */
    default void after(String call) {}
  }

  private final Bucket bucket;
  private final Script script;
  private final List<String> sent;

  /**
   * Disturbs a bucket.
   *
   * @param sent hears of each part that goes out: its key and number
   */
  ScriptedBucket(Bucket bucket, Script script, List<String> sent) {
    this.bucket = bucket;
    this.script = script;
    this.sent = sent;
  }

  ScriptedBucket(Bucket bucket, Script script) {
    this(bucket, script, new ArrayList<>());
  }

  private <T> T run(String call, Supplier<T> effect) {
    synchronized (sent) {
      script.before(call);
      T result = effect.get();
      script.after(call);
      return result;
    }
  }

  private void act(String call, Runnable effect) {
    run(
        call,
        () -> {
          effect.run();
          return true;
        });
  }

  @Override
  public String name() {
    return bucket.name();
  }

  @Override
  public Optional<Item> head(String key) {
    return run("head " + key, () -> bucket.head(key));
  }

  @Override
  public List<Item> list(String prefix) {
    return run("list " + prefix, () -> bucket.list(prefix));
  }

  @Override
  public Optional<byte[]> get(String key) {
    return run("get " + key, () -> bucket.get(key));
  }

  @Override
  public InputStream open(String key, String etag, long offset, long length) {
    return run("open " + key, () -> bucket.open(key, etag, offset, length));
  }

  @Override
  public void put(String key, byte[] body, String contentType) {
    act("put " + key, () -> bucket.put(key, body, contentType));
  }

  @Override
  public Optional<String> putIfAbsent(String key, byte[] body, String contentType) {
    return run("putIfAbsent " + key, () -> bucket.putIfAbsent(key, body, contentType));
  }

  @Override
  public Optional<String> putIfUnchanged(String key, String etag, byte[] body, String contentType) {
    return run("putIfUnchanged " + key, () -> bucket.putIfUnchanged(key, etag, body, contentType));
  }

  @Override
  public void delete(List<String> keys) {
    act("delete " + keys, () -> bucket.delete(keys));
  }

  @Override
  public Upload begin(String key, String contentType, Map<String, String> metadata) {
    return run("begin " + key, () -> bucket.begin(key, contentType, metadata));
  }

  @Override
  public Part send(Upload upload, int number, ByteBuffer bytes) {
    String part = upload.key() + "#" + number;
    return run(
        "send " + part,
        () -> {
          sent.add(part);
          return bucket.send(upload, number, bytes);
        });
  }

  @Override
  public List<Part> parts(Upload upload) {
    return run("parts " + upload.key(), () -> bucket.parts(upload));
  }

  @Override
  public void complete(Upload upload, List<Part> parts) {
    act("complete " + upload.key(), () -> bucket.complete(upload, parts));
  }

  @Override
  public void abort(Upload upload) {
    act("abort " + upload.key(), () -> bucket.abort(upload));
  }

  @Override
  public List<Upload> uploads(String prefix) {
    return run("uploads " + prefix, () -> bucket.uploads(prefix));
  }

  @Override
  public void close() {
    bucket.close();
  }
}
