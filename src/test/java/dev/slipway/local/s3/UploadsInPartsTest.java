package dev.slipway.local.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.S3Exception;

class UploadsInPartsTest extends ObjectServerFixture {

  @Test
  void partsBecomeOneObject() {
    byte[] bytes = new byte[(5 << 20) + 1000];
    new Random(1).nextBytes(bytes);
    var upload =
        s3.createMultipartUpload(
            c ->
                c.bucket(BUCKET)
                    .key("big")
                    .contentType("x/y")
                    .checksumAlgorithm(ChecksumAlgorithm.CRC32));
    assertThat(s3.listMultipartUploads(l -> l.bucket(BUCKET)).uploads()).hasSize(1);
    List<CompletedPart> parts = new ArrayList<>();
    for (int number = 1; number <= 2; number++) {
      int from = (number - 1) * (5 << 20);
      int to = Math.min(bytes.length, from + (5 << 20));
      int part = number;
      var put =
          s3.uploadPart(
              u ->
                  u.bucket(BUCKET)
                      .key("big")
                      .uploadId(upload.uploadId())
                      .partNumber(part)
                      .checksumAlgorithm(ChecksumAlgorithm.CRC32),
              RequestBody.fromBytes(Arrays.copyOfRange(bytes, from, to)));
      parts.add(
          CompletedPart.builder()
              .partNumber(number)
              .eTag(put.eTag())
              .checksumCRC32(put.checksumCRC32())
              .build());
    }
    assertThat(s3.listParts(l -> l.bucket(BUCKET).key("big").uploadId(upload.uploadId())).parts())
        .extracting(part -> part.size())
        .containsExactly(5L << 20, 1000L);
    var done =
        s3.completeMultipartUpload(
            c ->
                c.bucket(BUCKET)
                    .key("big")
                    .uploadId(upload.uploadId())
                    .multipartUpload(m -> m.parts(parts)));
    assertThat(done.eTag()).endsWith("-2\"");
    assertThat(done.checksumCRC32()).endsWith("-2");
    var got = s3.getObjectAsBytes(g -> g.bucket(BUCKET).key("big"));
    assertThat(got.asByteArray()).isEqualTo(bytes);
    assertThat(got.response().contentType()).isEqualTo("x/y");
    assertThat(s3.listMultipartUploads(l -> l.bucket(BUCKET)).uploads()).isEmpty();
    assertThatThrownBy(
            () -> s3.listParts(l -> l.bucket(BUCKET).key("big").uploadId(upload.uploadId())))
        .isInstanceOf(NoSuchUploadException.class);
  }

  @Test
  void partsThatDontFitAreRefusedAndTheUploadGoesOn() {
    var upload = s3.createMultipartUpload(c -> c.bucket(BUCKET).key("big"));
    String id = upload.uploadId();
    List<CompletedPart> parts = new ArrayList<>();
    for (int number = 1; number <= 2; number++) {
      int part = number;
      var put =
          s3.uploadPart(
              u -> u.bucket(BUCKET).key("big").uploadId(id).partNumber(part),
              RequestBody.fromString("small " + part));
      parts.add(CompletedPart.builder().partNumber(number).eTag(put.eTag()).build());
    }
    isRefused(id, parts, "EntityTooSmall");
    isRefused(id, parts.reversed(), "InvalidPartOrder");
    isRefused(id, List.of(CompletedPart.builder().partNumber(3).eTag("x").build()), "InvalidPart");
    s3.completeMultipartUpload(
        c ->
            c.bucket(BUCKET)
                .key("big")
                .uploadId(id)
                .multipartUpload(m -> m.parts(parts.getFirst())));
    assertThat(get("big")).isEqualTo("small 1");
  }

  private void isRefused(String id, List<CompletedPart> parts, String code) {
    assertThatThrownBy(
            () ->
                s3.completeMultipartUpload(
                    c ->
                        c.bucket(BUCKET)
                            .key("big")
                            .uploadId(id)
                            .multipartUpload(m -> m.parts(parts))))
        .isInstanceOfSatisfying(
            S3Exception.class, e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code));
  }

  @Test
  void anAbortedUploadLeavesNothing() throws IOException {
    var upload = s3.createMultipartUpload(c -> c.bucket(BUCKET).key("big"));
    s3.uploadPart(
        u -> u.bucket(BUCKET).key("big").uploadId(upload.uploadId()).partNumber(1),
        RequestBody.fromString("x"));
    s3.abortMultipartUpload(a -> a.bucket(BUCKET).key("big").uploadId(upload.uploadId()));
    try (Stream<Path> left = Files.list(folder.resolve("buckets/things/uploads"))) {
      assertThat(left).isEmpty();
    }
  }
}
