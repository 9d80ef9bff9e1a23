package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.CloudFailure.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A bucket's refusals are of the sorts that those of every service are. */
final class S3FailuresTest {
  @ParameterizedTest
  @CsvSource({
    "403, MissingAuthenticationToken, CREDENTIALS",
    "400, ExpiredToken, CREDENTIALS",
    "403, AccessDenied, DENIED",
    "503, SlowDown, THROTTLED",
    "404, NoSuchBucket, NOT_FOUND",
    "404, NoSuchUpload, NOT_FOUND",
    "409, OperationAborted, CONFLICT",
    "412, PreconditionFailed, CONFLICT",
    "412, '', CONFLICT",
    "301, '', INVALID",
    "400, RequestTimeout, INTERNAL",
    "500, InternalError, INTERNAL",
    "400, InvalidPart, INVALID"
  })
  void refusalIsOfTheSortThatTheUserCanActOn(int status, String code, Kind kind) {
    var refused =
        S3Exception.builder()
            .statusCode(status)
            .awsErrorDetails(
                AwsErrorDetails.builder().errorCode(code).errorMessage("do-not-tell").build())
            .build();

    var failure = S3Failures.ofBucket("models", "123456789012").of("s3:GetObject", refused);

    assertThat(failure)
        .isInstanceOfSatisfying(
            CloudFailure.class, cloud -> assertThat(cloud.kind()).isEqualTo(kind));
    assertThat(failure.sentences()).doesNotContain("do-not-tell");
    assertThat(failure.next()).isNotEmpty();
  }
}
