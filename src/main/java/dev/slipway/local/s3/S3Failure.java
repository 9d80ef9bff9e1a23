package dev.slipway.local.s3;

/** Refuses an S3 request with one of S3's own codes. */
final class S3Failure extends RuntimeException {

  /** S3's error codes, with their status (API reference, "Error responses"). */
  enum Code {
    ACCESS_DENIED(403, "AccessDenied"),
    BAD_DIGEST(400, "BadDigest"),
    BUCKET_ALREADY_OWNED_BY_YOU(409, "BucketAlreadyOwnedByYou"),
    BUCKET_NOT_EMPTY(409, "BucketNotEmpty"),
    ENTITY_TOO_LARGE(400, "EntityTooLarge"),
    ENTITY_TOO_SMALL(400, "EntityTooSmall"),
    INCOMPLETE_BODY(400, "IncompleteBody"),
    INTERNAL_ERROR(500, "InternalError"),
    INVALID_ARGUMENT(400, "InvalidArgument"),
    INVALID_BUCKET_NAME(400, "InvalidBucketName"),
    INVALID_DIGEST(400, "InvalidDigest"),
    INVALID_PART(400, "InvalidPart"),
    INVALID_PART_ORDER(400, "InvalidPartOrder"),
    INVALID_RANGE(416, "InvalidRange"),
    INVALID_REQUEST(400, "InvalidRequest"),
    INVALID_URI(400, "InvalidURI"),
    KEY_TOO_LONG(400, "KeyTooLongError"),
    MALFORMED_XML(400, "MalformedXML"),
    METHOD_NOT_ALLOWED(405, "MethodNotAllowed"),
    NOT_IMPLEMENTED(501, "NotImplemented"),
    NO_SUCH_BUCKET(404, "NoSuchBucket"),
    NO_SUCH_KEY(404, "NoSuchKey"),
    NO_SUCH_UPLOAD(404, "NoSuchUpload"),
    PRECONDITION_FAILED(412, "PreconditionFailed"),
    REQUEST_TIMEOUT(400, "RequestTimeout"),
    SHA256_MISMATCH(400, "XAmzContentSHA256Mismatch");

    private final int status;
    private final String text;

    Code(int status, String text) {
      this.status = status;
      this.text = text;
    }

    int status() {
      return status;
    }

    String text() {
      return text;
    }
  }

  private final Code code;

  S3Failure(Code code, String message) {
    this(code, message, null);
  }

  S3Failure(Code code, String message, @org.jspecify.annotations.Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  Code code() {
    return code;
  }

  static S3Failure noSuchBucket() {
    return new S3Failure(Code.NO_SUCH_BUCKET, "The specified bucket does not exist");
  }

  static S3Failure noSuchKey() {
    return new S3Failure(Code.NO_SUCH_KEY, "The specified key does not exist.");
  }

  static S3Failure noSuchUpload() {
    return new S3Failure(
        Code.NO_SUCH_UPLOAD,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have"
            + " been aborted or completed.");
  }

  static S3Failure preconditionFailed(String condition) {
    return new S3Failure(
        Code.PRECONDITION_FAILED,
        "At least one of the pre-conditions you specified did not hold: " + condition);
  }
}
