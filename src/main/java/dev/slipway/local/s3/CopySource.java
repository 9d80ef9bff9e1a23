package dev.slipway.local.s3;

import java.io.IOException;
import java.io.InputStream;

/** Opens the object that a request copies from ({@code x-amz-copy-source}). */
final class CopySource {
  private final FolderStore store;

  CopySource(FolderStore store) {
    this.store = store;
  }

  /** Returns which object a request copies from, whether it exists or not. */
  static ObjectUri named(S3Request request) {
    String source = request.header("x-amz-copy-source").orElse("");
    int version = source.indexOf('?');
    String path = S3Request.decode(version < 0 ? source : source.substring(0, version), false);
    String plain = path.startsWith("/") ? path.substring(1) : path;
    int slash = plain.indexOf('/');
    if (slash < 1 || !ObjectUri.isBucketName(plain.substring(0, slash))) {
      throw new S3Failure(
          S3Failure.Code.INVALID_ARGUMENT,
          "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
    }
    return new ObjectUri(plain.substring(0, slash), plain.substring(slash + 1));
  }

  /**
   * Opens the object, or the range of it that {@code x-amz-copy-source-range} asks for.
   *
   * @throws S3Failure if it isn't there, or the request's conditions on it don't hold
   */
  Bucket.Opened open(S3Request request) throws IOException {
    ObjectUri source = named(request);
    Bucket bucket = store.bucket(source.bucket()).orElseThrow(S3Failure::noSuchBucket);
    Bucket.Opened opened = bucket.open(source.key()).orElseThrow(S3Failure::noSuchKey);
    boolean kept = false;
    try {
      String etag = opened.object().etag();
      if (request
          .header("x-amz-copy-source-if-match")
          .filter(wanted -> !S3Request.unquoted(wanted).equals(etag))
          .isPresent()) {
        throw S3Failure.preconditionFailed("x-amz-copy-source-If-Match");
      }
      if (request
          .header("x-amz-copy-source-if-none-match")
          .filter(wanted -> S3Request.unquoted(wanted).equals(etag))
          .isPresent()) {
        throw S3Failure.preconditionFailed("x-amz-copy-source-If-None-Match");
      }
      InputStream body = opened.body();
      var range = request.header("x-amz-copy-source-range");
      if (range.isPresent()) {
        ByteRange wanted =
            ByteRange.of(range.get(), opened.object().size())
                .orElseThrow(
                    () ->
                        new S3Failure(
                            S3Failure.Code.INVALID_ARGUMENT,
                            "The x-amz-copy-source-range value must be of the form"
                                + " bytes=first-last"));
        body.skipNBytes(wanted.first());
        body = new LimitedInput(body, wanted.length());
      }
      kept = true;
      return new Bucket.Opened(opened.object(), body);
    } finally {
      if (!kept) {
        opened.body().close();
      }
    }
  }
}
