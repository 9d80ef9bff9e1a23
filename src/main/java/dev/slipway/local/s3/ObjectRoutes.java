package dev.slipway.local.s3;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** Answers what is asked of objects. */
final class ObjectRoutes {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final FolderStore store;
  private final CopySource copies;
  private final UploadRoutes uploads;

  ObjectRoutes(FolderStore store) {
    this.store = store;
    this.copies = new CopySource(store);
    this.uploads = new UploadRoutes(copies);
  }

  void answer(S3Request request, ServerResponse response) throws IOException {
    BucketRoutes.onlyPlain(request);
    Bucket bucket = store.bucket(request.bucket()).orElseThrow(S3Failure::noSuchBucket);
    boolean ofUpload = request.has("uploadId");
    switch (request.method()) {
      case "GET", "HEAD" -> {
        if (ofUpload && request.method().equals("GET")) {
          uploads.listParts(bucket, request, response);
        } else {
          get(bucket, request, response);
        }
      }
      case "PUT" -> {
        if (ofUpload || request.has("partNumber")) {
          uploads.put(bucket, request, response);
        } else if (request.header("x-amz-copy-source").isPresent()) {
          copy(bucket, request, response);
        } else {
          put(bucket, request, response);
        }
      }
      case "DELETE" -> {
        if (ofUpload) {
          uploads.abort(bucket, request, response);
        } else {
          bucket.delete(request.key(), request.condition());
          response.status(Status.NO_CONTENT_204).send();
        }
      }
      case "POST" -> {
        if (request.has("uploads")) {
          uploads.begin(bucket, request, response);
        } else if (ofUpload) {
          uploads.complete(bucket, request, response);
        } else {
          throw BucketRoutes.methodNotAllowed();
        }
      }
      default -> throw BucketRoutes.methodNotAllowed();
    }
  }

  private static void put(Bucket bucket, S3Request request, ServerResponse response)
      throws IOException {
    Condition condition = request.condition();
    // Known to fail already: say so before a long body is sent. It is looked at again at the end.
    condition.check(bucket.find(request.key()));
    Blob blob = new Payload(request).write(bucket.bytes(), Optional.empty());
    StoredObject object =
        new StoredObject(
            request.key(),
            blob.size(),
            blob.md5(),
            FolderStore.now(),
            request.description(),
            blob.checksum());
    bucket.put(object, blob, condition);
    ObjectHeaders.etag(object.etag(), response);
    object.checksum().ifPresent(sum -> ObjectHeaders.checksum(sum, response));
    response.send();
  }

  private void copy(Bucket bucket, S3Request request, ServerResponse response) throws IOException {
    boolean replace =
        request.header("x-amz-metadata-directive").filter("REPLACE"::equals).isPresent();
    if (!replace && CopySource.named(request).equals(new ObjectUri(bucket.name(), request.key()))) {
      throw new S3Failure(
          S3Failure.Code.INVALID_REQUEST,
          "This copy request is illegal because it is trying to copy an object to itself without"
              + " changing the object's metadata.");
    }
    Bucket.Opened source = copies.open(request);
    Blob blob;
    try (InputStream body = source.body()) {
      Optional<ChecksumAlgorithm> algorithm =
          request
              .header("x-amz-checksum-algorithm")
              .flatMap(ChecksumAlgorithm::named)
              .or(() -> source.object().checksum().map(StoredObject.StoredChecksum::algorithm));
      blob = Blob.write(bucket.bytes(), body, new Blob.Sums(false, algorithm), Payload.MOST_BYTES);
    }
    StoredObject object =
        new StoredObject(
            request.key(),
            blob.size(),
            blob.md5(),
            FolderStore.now(),
            replace ? request.description() : source.object().description(),
            blob.checksum());
    bucket.put(object, blob, request.condition());
    XmlAnswer xml =
        new XmlAnswer()
            .root("CopyObjectResult")
            .put("LastModified", object.modified())
            .put("ETag", ObjectHeaders.quoted(object.etag()));
    object.checksum().ifPresent(sum -> xml.put(sum.algorithm().element(), sum.value()));
    BucketRoutes.send(response, xml.close("CopyObjectResult"));
  }

  private static void get(Bucket bucket, S3Request request, ServerResponse response)
      throws IOException {
    Bucket.Opened opened = bucket.open(request.key()).orElseThrow(S3Failure::noSuchKey);
    try (InputStream body = opened.body()) {
      StoredObject object = opened.object();
      if (ObjectHeaders.unchanged(request, object)) {
        ObjectHeaders.etag(object.etag(), response);
        response.status(Status.NOT_MODIFIED_304).send();
        return;
      }
      Optional<String> header = request.header("range");
      Optional<ByteRange> range =
          header.isPresent() ? ByteRange.of(header.get(), object.size()) : Optional.empty();
      ObjectHeaders.describe(request, object, response);
      if (range.isPresent()) {
        response.status(Status.PARTIAL_CONTENT_206);
        response.header(HeaderNames.CONTENT_RANGE, range.get().contentRange(object.size()));
      } else {
        ObjectHeaders.checksum(request, object, response);
      }
      long length = range.map(ByteRange::length).orElse(object.size());
      response.header(HeaderNames.CONTENT_LENGTH, Long.toString(length));
      if (request.method().equals("HEAD") || length == 0) {
        response.send();
        return;
      }
      body.skipNBytes(range.map(ByteRange::first).orElse(0L));
      send(new LimitedInput(body, length), response);
    }
  }

  private static void send(InputStream body, ServerResponse response) throws IOException {
    try (OutputStream out = response.outputStream()) {
      byte[] bytes = new byte[BUFFER_BYTES];
      for (int count = body.read(bytes); count >= 0; count = body.read(bytes)) {
        out.write(bytes, 0, count);
      }
    }
  }
}
