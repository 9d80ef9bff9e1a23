package dev.slipway.aws;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.failure.OperationFailed;
import dev.slipway.model.ModelFile;
import dev.slipway.model.RelativePath;
import dev.slipway.model.SnapshotContent;
import dev.slipway.model.choice.Listing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The objects below a prefix as they were when they were listed: each is read only while it has the
 * ETag that it had then. Thread-safe.
 */
final class S3Source implements Listing, SnapshotContent {

  /** One object; the path is its key without the prefix. */
  record Item(String path, String key, long size, String etag) {}

  private final S3Client s3;
  private final String source;
  private final String bucket;
  private final SortedMap<String, Item> items;
  private final S3Failures failures;

  private S3Source(S3Client s3, String source, String bucket, SortedMap<String, Item> items) {
    this.s3 = s3;
    this.source = source;
    this.bucket = bucket;
    this.items = items;
    this.failures = S3Failures.ofModel(source);
  }

  /**
   * Lists a prefix.
   *
   * @param source as a manifest has it
   */
  static S3Source below(S3Client s3, String source, String bucket, String prefix) {
    return new S3Source(
        s3,
        source,
        bucket,
        S3Failures.ofModel(source)
            .call(
                "s3:ListBucket",
                () -> {
                  SortedMap<String, Item> items = new TreeMap<>();
                  s3
                      .listObjectsV2Paginator(l -> l.bucket(bucket).prefix(prefix))
                      .contents()
                      .stream()
                      .filter(object -> !object.key().endsWith("/")) // what consoles call folders
                      .map(
                          object ->
                              new Item(
                                  object.key().substring(prefix.length()),
                                  object.key(),
                                  object.size(),
                                  S3Bucket.unquoted(object.eTag())))
                      .forEach(item -> items.put(item.path(), item));
                  return items;
                }));
  }

  /** Takes one object, whose path is the last step of its key. */
  static S3Source object(S3Client s3, String source, String bucket, String key) {
    return new S3Source(
        s3,
        source,
        bucket,
        S3Failures.ofModel(source)
            .call(
                "s3:GetObject",
                () -> {
                  var head = s3.headObject(h -> h.bucket(bucket).key(key));
                  String path = key.substring(key.lastIndexOf('/') + 1);
                  SortedMap<String, Item> items = new TreeMap<>();
                  items.put(
                      path,
                      new Item(path, key, head.contentLength(), S3Bucket.unquoted(head.eTag())));
                  return items;
                }));
  }

  String bucket() {
    return bucket;
  }

  Item item(String path) {
    Item item = items.get(path);
    if (item == null) {
      throw new IllegalArgumentException(path + " is not listed");
    }
    return item;
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public NavigableSet<String> paths() {
    NavigableSet<String> paths = new TreeSet<>(items.keySet());
    paths.removeIf(path -> path.startsWith(".") || path.contains("/."));
    return paths;
  }

  @Override
  public boolean has(String path) {
    return items.containsKey(path);
  }

  @Override
  public Optional<String> problem(String path) {
    Optional<String> name = RelativePath.problem(path);
    return name.isPresent() || has(path) ? name : Optional.of("it is missing");
  }

  @Override
  public long size(String path) {
    return item(path).size();
  }

  @Override
  public InputStream open(String path) throws IOException {
    Item item = item(path);
    return item.size() == 0
        ? InputStream.nullInputStream()
        : new HeadOf(range(item, 0, item.size()));
  }

  @Override
  public InputStream open(ModelFile file, long offset, long length) throws IOException {
    return length == 0 ? InputStream.nullInputStream() : range(item(file.path()), offset, length);
  }

  private software.amazon.awssdk.core.ResponseInputStream<?> range(
      Item item, long offset, long length) throws IOException {
    try {
      return failures.call(
          "s3:GetObject",
          () ->
              s3.getObject(
                  g ->
                      g.bucket(bucket)
                          .key(item.key())
                          .ifMatch(S3Bucket.quoted(item.etag()))
                          .range("bytes=" + offset + "-" + (offset + length - 1))));
    } catch (CloudFailure failure) {
      if (failure.kind() == Kind.CONFLICT || failure.kind() == Kind.NOT_FOUND) {
        throw new OperationFailed(
            "model_changed",
            "Cannot read the model's file " + RelativePath.quoted(item.path()),
            "its object was replaced or removed since it was looked at (" + source + ")",
            "Run `slipway model lock` to take what is there now, or put the object back.",
            false,
            failure);
      }
      if (failure.retriable()) {
        throw new IOException(failure.getMessage(), failure);
      }
      throw failure;
    }
  }

  @Override
  public Optional<Path> folder() {
    return Optional.empty();
  }

  /** Drops the connection when it is closed early, instead of reading gigabytes to its end. */
  private static final class HeadOf extends java.io.FilterInputStream {
    private final software.amazon.awssdk.core.ResponseInputStream<?> response;

    HeadOf(software.amazon.awssdk.core.ResponseInputStream<?> response) {
      super(response);
      this.response = response;
    }

    @Override
    public void close() {
      response.abort();
    }
  }
}
