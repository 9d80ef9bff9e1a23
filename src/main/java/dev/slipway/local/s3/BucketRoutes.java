package dev.slipway.local.s3;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Answers what is asked of the store and of buckets. */
final class BucketRoutes {
  /** API reference, ListObjectsV2, max-keys, and DeleteObjects: 1,000 at most. */
  private static final int LONGEST_PAGE = 1000;

  /** 1,000 keys of 1,024 bytes, escaped. */
  private static final int LONGEST_DOCUMENT_BYTES = 8 << 20;

  private static final String OWNER = "slipway";

  private final FolderStore store;

  BucketRoutes(FolderStore store) {
    this.store = store;
  }

  void answerStore(S3Request request, ServerResponse response) {
    if (!request.method().equals("GET")) {
      throw methodNotAllowed();
    }
    XmlAnswer xml = new XmlAnswer().root("ListAllMyBucketsResult");
    owner(xml, "Owner");
    xml.open("Buckets");
    for (Bucket bucket : store.buckets()) {
      xml.open("Bucket")
          .put("Name", bucket.name())
          .put("CreationDate", bucket.created())
          .close("Bucket");
    }
    send(response, xml.close("Buckets").close("ListAllMyBucketsResult"));
  }

  void answer(S3Request request, ServerResponse response) throws IOException {
    switch (request.method()) {
      case "PUT" -> create(request, response);
      case "HEAD" -> {
        bucket(request);
        response.header(HeaderNames.create("x-amz-bucket-region"), "us-east-1");
        response.send();
      }
      case "DELETE" -> {
        onlyPlain(request);
        store.remove(bucket(request));
        response.status(Status.NO_CONTENT_204).send();
      }
      case "GET" -> get(request, response);
      case "POST" -> {
        if (!request.has("delete")) {
          throw notImplemented();
        }
        deleteMany(request, response);
      }
      default -> throw methodNotAllowed();
    }
  }

  private void get(S3Request request, ServerResponse response) throws IOException {
    Bucket bucket = bucket(request);
    if (request.has("location")) {
      send(response, new XmlAnswer().root("LocationConstraint").close("LocationConstraint"));
    } else if (request.has("uploads")) {
      UploadRoutes.list(bucket, request, response);
    } else {
      onlyPlain(request);
      list(bucket, request, response);
    }
  }

  private void create(S3Request request, ServerResponse response) throws IOException {
    onlyPlain(request);
    readDocument(request);
    if (!store.create(request.bucket())) {
      throw new S3Failure(
          S3Failure.Code.BUCKET_ALREADY_OWNED_BY_YOU,
          "Your previous request to create the named bucket succeeded and you already own it.");
    }
    response.header(HeaderNames.LOCATION, "/" + request.bucket());
    response.send();
  }

  private void list(Bucket bucket, S3Request request, ServerResponse response) {
    boolean second = request.parameter("list-type").filter("2"::equals).isPresent();
    String prefix = request.parameter("prefix").orElse("");
    String delimiter = request.parameter("delimiter").orElse("");
    int most = request.number("max-keys", LONGEST_PAGE, LONGEST_PAGE);
    Optional<String> token = request.parameter("continuation-token");
    String after =
        second
            ? token
                .map(BucketRoutes::fromToken)
                .or(() -> request.parameter("start-after"))
                .orElse("")
            : request.parameter("marker").orElse("");
    Listing page = Listing.of(bucket.index(), new Listing.Wanted(prefix, delimiter, after, most));
    boolean encode = request.parameter("encoding-type").filter("url"::equals).isPresent();
    XmlAnswer xml =
        new XmlAnswer()
            .root("ListBucketResult")
            .put("Name", bucket.name())
            .put("Prefix", shown(prefix, encode))
            .put("MaxKeys", most)
            .put("IsTruncated", page.last().isPresent());
    if (!delimiter.isEmpty()) {
      xml.put("Delimiter", shown(delimiter, encode));
    }
    if (encode) {
      xml.put("EncodingType", "url");
    }
    if (second) {
      xml.put("KeyCount", page.objects().size() + page.prefixes().size());
      token.ifPresent(value -> xml.put("ContinuationToken", value));
      request.parameter("start-after").ifPresent(v -> xml.put("StartAfter", shown(v, encode)));
      page.last().ifPresent(last -> xml.put("NextContinuationToken", toToken(last)));
    } else {
      xml.put("Marker", shown(after, encode));
      page.last().ifPresent(last -> xml.put("NextMarker", shown(last, encode)));
    }
    for (ObjectRecord one : page.objects()) {
      StoredObject object = one.object();
      xml.open("Contents")
          .put("Key", shown(object.key(), encode))
          .put("LastModified", object.modified())
          .put("ETag", ObjectHeaders.quoted(object.etag()))
          .put("Size", object.size())
          .put("StorageClass", "STANDARD");
      object.checksum().ifPresent(sum -> xml.put("ChecksumAlgorithm", sum.algorithm()));
      if (!second || request.parameter("fetch-owner").filter("true"::equals).isPresent()) {
        owner(xml, "Owner");
      }
      xml.close("Contents");
    }
    for (String common : page.prefixes()) {
      xml.open("CommonPrefixes").put("Prefix", shown(common, encode)).close("CommonPrefixes");
    }
    send(response, xml.close("ListBucketResult"));
  }

  private void deleteMany(S3Request request, ServerResponse response) throws IOException {
    Bucket bucket = bucket(request);
    XmlElement document = XmlElement.parse(readDocument(request));
    boolean quiet = document.first("Quiet").filter("true"::equals).isPresent();
    List<XmlElement> objects = document.all("Object");
    if (!document.name().equals("Delete") || objects.isEmpty() || objects.size() > LONGEST_PAGE) {
      throw malformed();
    }
    XmlAnswer xml = new XmlAnswer().root("DeleteResult");
    for (XmlElement object : objects) {
      String key = object.first("Key").orElseThrow(BucketRoutes::malformed);
      bucket.delete(key, Condition.NONE);
      if (!quiet) {
        xml.open("Deleted").put("Key", key).close("Deleted");
      }
    }
    send(response, xml.close("DeleteResult"));
  }

  private Bucket bucket(S3Request request) {
    return store.bucket(request.bucket()).orElseThrow(S3Failure::noSuchBucket);
  }

  /** Reads a request's XML. */
  static byte[] readDocument(S3Request request) throws IOException {
    if (!request.http().content().hasEntity()) {
      return new byte[0];
    }
    try (InputStream body = new Payload(request).open()) {
      byte[] document = body.readNBytes(LONGEST_DOCUMENT_BYTES + 1);
      if (document.length > LONGEST_DOCUMENT_BYTES) {
        throw malformed();
      }
      return document;
    }
  }

  /** Settings of buckets and objects that this store doesn't have are refused, not ignored. */
  static void onlyPlain(S3Request request) {
    for (String setting :
        List.of(
            "accelerate",
            "acl",
            "analytics",
            "attributes",
            "cors",
            "encryption",
            "intelligent-tiering",
            "inventory",
            "legal-hold",
            "lifecycle",
            "logging",
            "metrics",
            "notification",
            "object-lock",
            "ownershipControls",
            "policy",
            "policyStatus",
            "publicAccessBlock",
            "replication",
            "requestPayment",
            "restore",
            "retention",
            "select",
            "tagging",
            "torrent",
            "versioning",
            "versions",
            "website",
            "versionId",
            "renameObject",
            "session")) {
      if (request.has(setting)) {
        throw notImplemented();
      }
    }
  }

  static String shown(String key, boolean encode) {
    return encode
        ? URLEncoder.encode(key, StandardCharsets.UTF_8).replace("%2F", "/").replace("*", "%2A")
        : key;
  }

  static void owner(XmlAnswer xml, String element) {
    xml.open(element).put("ID", OWNER).put("DisplayName", OWNER).close(element);
  }

  static void send(ServerResponse response, XmlAnswer xml) {
    response.header(HeaderNames.CONTENT_TYPE, "application/xml");
    response.send(xml.bytes());
  }

  private static String toToken(String last) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(last.getBytes(StandardCharsets.UTF_8));
  }

  private static String fromToken(String token) {
    try {
      return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new S3Failure(
          S3Failure.Code.INVALID_ARGUMENT, "The continuation token provided is incorrect", e);
    }
  }

  static S3Failure methodNotAllowed() {
    return new S3Failure(
        S3Failure.Code.METHOD_NOT_ALLOWED,
        "The specified method is not allowed against this resource.");
  }

  static S3Failure malformed() {
    return new S3Failure(
        S3Failure.Code.MALFORMED_XML,
        "The XML you provided was not well-formed or did not validate against our published schema");
  }

  private static S3Failure notImplemented() {
    return new S3Failure(
        S3Failure.Code.NOT_IMPLEMENTED,
        "The local object store keeps objects, and lists, copies and uploads them; it has no such"
            + " setting.");
  }
}
