package dev.slipway.local.s3;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers what is asked of uploads in parts. */
final class UploadRoutes {
  private static final int LONGEST_PAGE = 1000;

  private final CopySource copies;

  UploadRoutes(CopySource copies) {
    this.copies = copies;
  }

  void begin(Bucket bucket, S3Request request, ServerResponse response) throws IOException {
    Optional<ChecksumAlgorithm> algorithm =
        request.header("x-amz-checksum-algorithm").flatMap(ChecksumAlgorithm::named);
    boolean full =
        request.header("x-amz-checksum-type").filter("FULL_OBJECT"::equals).isPresent()
            || algorithm.filter(ChecksumAlgorithm.CRC64NVME::equals).isPresent();
    Uploads.Upload upload =
        bucket.uploads().begin(request.key(), request.description(), algorithm, full);
    algorithm.ifPresent(
        one -> {
          response.header(HeaderNames.create("x-amz-checksum-algorithm"), one.name());
          response.header(
              HeaderNames.create("x-amz-checksum-type"), full ? "FULL_OBJECT" : "COMPOSITE");
        });
    BucketRoutes.send(
        response,
        new XmlAnswer()
            .root("InitiateMultipartUploadResult")
            .put("Bucket", bucket.name())
            .put("Key", request.key())
            .put("UploadId", upload.id())
            .close("InitiateMultipartUploadResult"));
  }

  void put(Bucket bucket, S3Request request, ServerResponse response) throws IOException {
    Uploads.Upload upload = find(bucket, request);
    int number = request.number("partNumber", 0, Integer.MAX_VALUE);
    if (number < 1 || number > Uploads.MOST_PARTS) {
      throw new S3Failure(
          S3Failure.Code.INVALID_ARGUMENT,
          "Part number must be an integer between 1 and " + Uploads.MOST_PARTS + ", inclusive");
    }
    Optional<String> source = request.header("x-amz-copy-source");
    if (source.isPresent()) {
      try (InputStream body = copies.open(request).body()) {
        Blob blob =
            Blob.write(
                bucket.uploads().bytes(upload),
                body,
                new Blob.Sums(false, upload.checksumAlgorithm()),
                Payload.MOST_BYTES);
        Uploads.Part part = bucket.uploads().add(upload, number, blob);
        BucketRoutes.send(
            response,
            new XmlAnswer()
                .root("CopyPartResult")
                .put("LastModified", Instant.ofEpochMilli(part.modified()))
                .put("ETag", ObjectHeaders.quoted(part.md5()))
                .close("CopyPartResult"));
      }
      return;
    }
    Blob blob =
        new Payload(request).write(bucket.uploads().bytes(upload), upload.checksumAlgorithm());
    Uploads.Part part = bucket.uploads().add(upload, number, blob);
    ObjectHeaders.etag(part.md5(), response);
    blob.checksum()
        .ifPresent(
            sum -> response.header(HeaderNames.create(sum.algorithm().header()), sum.value()));
    response.send();
  }

  void complete(Bucket bucket, S3Request request, ServerResponse response) throws IOException {
    Uploads.Upload upload = find(bucket, request);
    XmlElement document = XmlElement.parse(BucketRoutes.readDocument(request));
    List<Uploads.Listed> listed = new ArrayList<>();
    for (XmlElement part : document.all("Part")) {
      listed.add(listed(part, upload));
    }
    if (listed.isEmpty() || listed.size() > Uploads.MOST_PARTS) {
      throw BucketRoutes.malformed();
    }
    StoredObject object = bucket.uploads().complete(bucket, upload, listed, request.condition());
    XmlAnswer xml =
        new XmlAnswer()
            .root("CompleteMultipartUploadResult")
            .put("Location", "/" + bucket.name() + "/" + BucketRoutes.shown(object.key(), true))
            .put("Bucket", bucket.name())
            .put("Key", object.key())
            .put("ETag", ObjectHeaders.quoted(object.etag()));
    object
        .checksum()
        .ifPresent(
            sum ->
                xml.put(sum.algorithm().element(), sum.value())
                    .put("ChecksumType", sum.composite() ? "COMPOSITE" : "FULL_OBJECT"));
    BucketRoutes.send(response, xml.close("CompleteMultipartUploadResult"));
  }

  private static Uploads.Listed listed(XmlElement part, Uploads.Upload upload) {
    try {
      return new Uploads.Listed(
          Integer.parseInt(part.first("PartNumber").orElse("").trim()),
          S3Request.unquoted(part.first("ETag").orElseThrow(BucketRoutes::malformed)),
          upload.checksumAlgorithm().flatMap(algorithm -> part.first(algorithm.element())));
    } catch (NumberFormatException e) {
      throw new S3Failure(
          S3Failure.Code.MALFORMED_XML, "A part's PartNumber must be a whole number.", e);
    }
  }

  void abort(Bucket bucket, S3Request request, ServerResponse response) throws IOException {
    bucket.uploads().abort(find(bucket, request));
    response.status(Status.NO_CONTENT_204).send();
  }

  void listParts(Bucket bucket, S3Request request, ServerResponse response) throws IOException {
    Uploads.Upload upload = find(bucket, request);
    int after = request.number("part-number-marker", 0, Uploads.MOST_PARTS);
    int most = request.number("max-parts", LONGEST_PAGE, LONGEST_PAGE);
    List<Uploads.Part> left =
        bucket.uploads().parts(upload).stream().filter(part -> part.number() > after).toList();
    List<Uploads.Part> page = left.subList(0, Math.min(most, left.size()));
    XmlAnswer xml =
        new XmlAnswer()
            .root("ListPartsResult")
            .put("Bucket", bucket.name())
            .put("Key", upload.key())
            .put("UploadId", upload.id())
            .put("PartNumberMarker", after)
            .put("NextPartNumberMarker", page.isEmpty() ? after : page.getLast().number())
            .put("MaxParts", most)
            .put("IsTruncated", page.size() < left.size())
            .put("StorageClass", "STANDARD");
    BucketRoutes.owner(xml, "Initiator");
    BucketRoutes.owner(xml, "Owner");
    upload.checksumAlgorithm().ifPresent(one -> xml.put("ChecksumAlgorithm", one));
    for (Uploads.Part part : page) {
      xml.open("Part")
          .put("PartNumber", part.number())
          .put("LastModified", Instant.ofEpochMilli(part.modified()))
          .put("ETag", ObjectHeaders.quoted(part.md5()))
          .put("Size", part.size());
      if (part.checksum() != null && upload.checksumAlgorithm().isPresent()) {
        xml.put(upload.checksumAlgorithm().get().element(), part.checksum());
      }
      xml.close("Part");
    }
    BucketRoutes.send(response, xml.close("ListPartsResult"));
  }

  /** Lists all unfinished uploads; there are few, so the page is never cut. */
  static void list(Bucket bucket, S3Request request, ServerResponse response) throws IOException {
    String prefix = request.parameter("prefix").orElse("");
    boolean encode = request.parameter("encoding-type").filter("url"::equals).isPresent();
    XmlAnswer xml =
        new XmlAnswer()
            .root("ListMultipartUploadsResult")
            .put("Bucket", bucket.name())
            .put("Prefix", BucketRoutes.shown(prefix, encode))
            .put("KeyMarker", "")
            .put("UploadIdMarker", "")
            .put("MaxUploads", LONGEST_PAGE)
            .put("IsTruncated", false);
    if (encode) {
      xml.put("EncodingType", "url");
    }
    for (Uploads.Upload upload : bucket.uploads().all()) {
      if (upload.key().startsWith(prefix)) {
        xml.open("Upload")
            .put("Key", BucketRoutes.shown(upload.key(), encode))
            .put("UploadId", upload.id())
            .put("StorageClass", "STANDARD")
            .put("Initiated", Instant.ofEpochMilli(upload.started()));
        BucketRoutes.owner(xml, "Initiator");
        BucketRoutes.owner(xml, "Owner");
        xml.close("Upload");
      }
    }
    BucketRoutes.send(response, xml.close("ListMultipartUploadsResult"));
  }

  private static Uploads.Upload find(Bucket bucket, S3Request request) throws IOException {
    return bucket.uploads().find(request.parameter("uploadId").orElse(""), request.key());
  }
}
