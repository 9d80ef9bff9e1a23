package dev.slipway.local.s3;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names an object, or all objects whose keys begin alike.
 *
 * @param bucket the bucket's name
 * @param key the object's key, or a prefix; empty for the whole bucket
 */
public record ObjectUri(String bucket, String key) {
  /** Amazon S3 User Guide, "Bucket naming rules": 3-63 of lower-case letters, digits, . and -. */
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  private static final Pattern HOST_OF_BUCKET =
      Pattern.compile("(?<bucket>.+)\\.s3[.-][a-z0-9-]+\\.amazonaws\\.com|.*");

  /** Checks the bucket's name. */
  public ObjectUri {
    if (!isBucketName(bucket)) {
      throw new IllegalArgumentException("not the name of a bucket: \"" + bucket + "\"");
    }
  }

  /** Returns whether S3 takes this as the name of a bucket. */
  public static boolean isBucketName(String name) {
    return BUCKET.matcher(name).matches() && !name.contains("..");
  }

  /**
   * Reads {@code s3://bucket/key}, or the {@code https} address of an object, with its bucket in
   * the host (as AWS has it) or at the start of the path.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static ObjectUri parse(String text) {
    if (text.startsWith("s3://")) {
      return ofPath(text.substring("s3://".length()));
    }
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("neither s3://bucket/key nor an https address", e);
    }
    if (!"https".equals(uri.getScheme()) || uri.getHost() == null || uri.getPath().isEmpty()) {
      throw new IllegalArgumentException("neither s3://bucket/key nor an https address");
    }
    Matcher host = HOST_OF_BUCKET.matcher(uri.getHost());
    String path = uri.getPath().substring(1);
    return host.matches() && host.group("bucket") != null
        ? new ObjectUri(host.group("bucket"), path)
        : ofPath(path);
  }

  private static ObjectUri ofPath(String path) {
    int slash = path.indexOf('/');
    return slash < 0
        ? new ObjectUri(path, "")
        : new ObjectUri(path.substring(0, slash), path.substring(slash + 1));
  }

  /** Returns the object, or prefix, so much further down. */
  public ObjectUri below(String more) {
    return new ObjectUri(
        bucket, key.isEmpty() || key.endsWith("/") ? key + more : key + "/" + more);
  }

  @Override
  public String toString() {
    return "s3://" + bucket + "/" + key;
  }
}
