package dev.slipway.local.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

class ObjectServerTest extends ObjectServerFixture {

  @Test
  void anObjectComesBackAsItWasPut() {
    var put =
        s3.putObject(
            p ->
                p.bucket(BUCKET)
                    .key("a/b.txt")
                    .contentType("text/plain")
                    .cacheControl("no-store")
                    .metadata(Map.of("who", "me"))
                    .checksumAlgorithm(ChecksumAlgorithm.SHA256),
            RequestBody.fromString("Grüße"));
    ResponseBytes<GetObjectResponse> got =
        s3.getObjectAsBytes(
            g -> g.bucket(BUCKET).key("a/b.txt").checksumMode(ChecksumMode.ENABLED));
    assertThat(got.asUtf8String()).isEqualTo("Grüße");
    assertThat(got.response().contentType()).isEqualTo("text/plain");
    assertThat(got.response().cacheControl()).isEqualTo("no-store");
    assertThat(got.response().metadata()).isEqualTo(Map.of("who", "me"));
    assertThat(got.response().checksumSHA256()).isEqualTo(put.checksumSHA256()).isNotBlank();
    assertThat(got.response().eTag()).isEqualTo(put.eTag());
    assertThat(s3.headObject(h -> h.bucket(BUCKET).key("a/b.txt")).contentLength()).isEqualTo(7);
  }

  @Test
  void theEtagIsTheMd5() {
    var put = s3.putObject(p -> p.bucket(BUCKET).key("k"), RequestBody.fromString("hello"));
    assertThat(put.eTag()).isEqualTo("\"5d41402abc4b2a76b9719d911017c592\"");
  }

  @Test
  void everyKeyThatS3AllowsIsAnObjectAndNoneLeavesTheFolder() throws IOException {
    List<String> keys =
        List.of(
            "../../escape",
            "..",
            ".",
            "a/../b",
            "a//b",
            "/lead",
            "trail/",
            "a b+c&d=e?f#g%2F",
            "ü/😀",
            "x".repeat(1024),
            "con",
            "a\\b",
            "new\nline",
            "tab\t",
            "*",
            "~",
            "|<>\"'");
    for (String key : keys) {
      put(key, "is " + key.length());
    }
    for (String key : keys) {
      assertThat(get(key)).as(key).isEqualTo("is " + key.length());
    }
    assertThat(s3.listObjectsV2(l -> l.bucket(BUCKET).encodingType("url")).contents())
        .extracting(S3Object::key)
        .containsExactlyInAnyOrderElementsOf(keys);
    assertThat(Files.exists(folder.resolve("escape"))).isFalse();
    try (Stream<Path> around = Files.list(folder.getParent())) {
      assertThat(around).containsExactly(folder);
    }
    for (String key : keys) {
      s3.deleteObject(d -> d.bucket(BUCKET).key(key));
    }
    assertThat(s3.listObjectsV2(l -> l.bucket(BUCKET)).keyCount()).isZero();
  }

  @Test
  void aRangeIsAPart() {
    put("k", "0123456789");
    var got = s3.getObjectAsBytes(g -> g.bucket(BUCKET).key("k").range("bytes=2-4"));
    assertThat(got.asUtf8String()).isEqualTo("234");
    assertThat(got.response().contentRange()).isEqualTo("bytes 2-4/10");
    assertThatThrownBy(() -> s3.getObjectAsBytes(g -> g.bucket(BUCKET).key("k").range("bytes=10-")))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(416));
  }

  @Test
  void aWriteMayBeBoundToWhatIsThere() {
    var first =
        s3.putObject(p -> p.bucket(BUCKET).key("k").ifNoneMatch("*"), RequestBody.fromString("1"));
    assertThatThrownBy(
            () ->
                s3.putObject(
                    p -> p.bucket(BUCKET).key("k").ifNoneMatch("*"), RequestBody.fromString("2")))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
    s3.putObject(p -> p.bucket(BUCKET).key("k").ifMatch(first.eTag()), RequestBody.fromString("3"));
    assertThatThrownBy(
            () ->
                s3.putObject(
                    p -> p.bucket(BUCKET).key("k").ifMatch(first.eTag()),
                    RequestBody.fromString("4")))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
    assertThat(get("k")).isEqualTo("3");
  }

  @Test
  void ofManyThatWriteAnAbsentObjectExactlyOneSucceeds() {
    long written =
        java.util.stream.IntStream.range(0, 32)
            .parallel()
            .filter(
                i -> {
                  try {
                    s3.putObject(
                        p -> p.bucket(BUCKET).key("lock").ifNoneMatch("*"),
                        RequestBody.fromString("by " + i));
                    return true;
                  } catch (S3Exception e) {
                    assertThat(e.statusCode()).isEqualTo(412);
                    return false;
                  }
                })
            .count();
    assertThat(written).isEqualTo(1);
  }

  @Test
  void aReaderMayAskOnlyForWhatIsNew() {
    put("k", "1");
    String etag = s3.headObject(h -> h.bucket(BUCKET).key("k")).eTag();
    assertThatThrownBy(() -> s3.getObjectAsBytes(g -> g.bucket(BUCKET).key("k").ifNoneMatch(etag)))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(304));
    assertThatThrownBy(() -> s3.getObjectAsBytes(g -> g.bucket(BUCKET).key("k").ifMatch("\"x\"")))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
  }

  @Test
  void aCopyHasTheSameBytesAndDescriptionOrANewOne() {
    s3.putObject(
        p -> p.bucket(BUCKET).key("ü a").contentType("x/y").metadata(Map.of("m", "1")),
        RequestBody.fromString("text"));
    s3.copyObject(
        c -> c.sourceBucket(BUCKET).sourceKey("ü a").destinationBucket(BUCKET).destinationKey("b"));
    var copy = s3.getObjectAsBytes(g -> g.bucket(BUCKET).key("b"));
    assertThat(copy.asUtf8String()).isEqualTo("text");
    assertThat(copy.response().contentType()).isEqualTo("x/y");
    s3.copyObject(
        c ->
            c.sourceBucket(BUCKET)
                .sourceKey("b")
                .destinationBucket(BUCKET)
                .destinationKey("b")
                .metadataDirective("REPLACE")
                .metadata(Map.of("m", "2")));
    assertThat(s3.headObject(h -> h.bucket(BUCKET).key("b")).metadata())
        .isEqualTo(Map.of("m", "2"));
  }

  @Test
  void pagesAndPrefixesListABucket() {
    for (int i = 0; i < 7; i++) {
      put("a/" + i, "");
      put("b" + i, "");
    }
    var pages =
        s3.listObjectsV2Paginator(l -> l.bucket(BUCKET).delimiter("/").maxKeys(3)).stream()
            .toList();
    assertThat(pages).hasSize(3);
    assertThat(pages.stream().flatMap(p -> p.commonPrefixes().stream())).hasSize(1);
    assertThat(pages.stream().flatMap(p -> p.contents().stream())).hasSize(7);
    assertThat(s3.listObjectsV2(l -> l.bucket(BUCKET).prefix("a/").startAfter("a/4")).contents())
        .extracting(S3Object::key)
        .containsExactly("a/5", "a/6");
    assertThat(s3.listObjects(l -> l.bucket(BUCKET).marker("b5")).contents())
        .extracting(S3Object::key)
        .containsExactly("b6");
  }

  @Test
  void bucketsAreMadeFoundAndTakenAwayWhenEmpty() {
    assertThatThrownBy(() -> s3.createBucket(b -> b.bucket(BUCKET)))
        .isInstanceOf(BucketAlreadyOwnedByYouException.class);
    put("k", "x");
    assertThatThrownBy(() -> s3.deleteBucket(d -> d.bucket(BUCKET)))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(409));
    assertThat(
            s3.deleteObjects(
                    d ->
                        d.bucket(BUCKET)
                            .delete(
                                l ->
                                    l.objects(
                                        ObjectIdentifier.builder().key("k").build(),
                                        ObjectIdentifier.builder().key("none").build())))
                .deleted())
        .hasSize(2);
    assertThat(s3.listBuckets().buckets()).extracting(b -> b.name()).containsExactly(BUCKET);
    s3.deleteBucket(d -> d.bucket(BUCKET));
    assertThatThrownBy(() -> s3.headBucket(h -> h.bucket(BUCKET)))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(404));
    // Java's HttpURLConnection drops the body of an answer that comes instead of "100 Continue".
    assertThatThrownBy(() -> put("k", "x"))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(404));
    assertThatThrownBy(() -> get("k")).isInstanceOf(NoSuchBucketException.class);
  }

  @Test
  void whatIsNotThereIsSaidSo() {
    assertThatThrownBy(() -> get("none")).isInstanceOf(NoSuchKeyException.class);
    assertThatThrownBy(() -> s3.headObject(h -> h.bucket(BUCKET).key("none")))
        .isInstanceOf(NoSuchKeyException.class);
    s3.deleteObject(d -> d.bucket(BUCKET).key("none"));
    assertThatThrownBy(() -> s3.getObjectTagging(g -> g.bucket(BUCKET).key("none")))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(501));
  }

  @Test
  void objectsAndUploadsOutliveTheServerAndLeftoversDont() throws IOException {
    put("kept", "kept");
    var upload = s3.createMultipartUpload(c -> c.bucket(BUCKET).key("big"));
    stop();
    Path bytes = folder.resolve("buckets/things/bytes");
    Files.writeString(bytes.resolve("left-by-a-crash"), "x");
    server = ObjectServer.start(folder, 0);
    s3 = client(server);
    assertThat(get("kept")).isEqualTo("kept");
    assertThat(s3.listMultipartUploads(l -> l.bucket(BUCKET)).uploads().getFirst().uploadId())
        .isEqualTo(upload.uploadId());
    try (Stream<Path> files = Files.list(bytes)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void onlyThisUserMayReadTheFolder() throws IOException {
    put("secret", "x");
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .as(path.toString())
            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
      }
    }
  }

  @Test
  void aFolderInUseAndAPortInUseAreSaidSo(@TempDir Path other) {
    assertThatThrownBy(() -> ObjectServer.start(folder, 0))
        .isInstanceOfSatisfying(
            OperationFailed.class, e -> assertThat(e.code()).isEqualTo("store_in_use"));
    assertThatThrownBy(() -> ObjectServer.start(other, server.url().getPort()))
        .isInstanceOfSatisfying(
            OperationFailed.class, e -> assertThat(e.code()).isEqualTo("port_in_use"));
  }

  @Test
  void codeInTheSameProcessSeesTheSameObjects() throws IOException {
    put("a/1", "one");
    ObjectStore store = server.store();
    try (ObjectStore.OpenObject open = store.open(new ObjectUri(BUCKET, "a/1")).orElseThrow()) {
      store.delete(new ObjectUri(BUCKET, "a/1"));
      assertThat(open.body().readAllBytes()).asString().isEqualTo("one");
    }
    store.put(
        new ObjectUri(BUCKET, "a/2"),
        new java.io.ByteArrayInputStream("two".getBytes(StandardCharsets.UTF_8)),
        StoredObject.Description.ofType("text/plain"));
    assertThat(get("a/2")).isEqualTo("two");
    assertThat(store.list(new ObjectUri(BUCKET, "a/")))
        .extracting(StoredObject::key)
        .containsExactly("a/2");
  }
}
