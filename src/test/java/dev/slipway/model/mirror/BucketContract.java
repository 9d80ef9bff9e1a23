package dev.slipway.model.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.model.mirror.Bucket.Item;
import dev.slipway.model.mirror.Bucket.Part;
import dev.slipway.model.mirror.Bucket.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every bucket does; one subclass for each thing that plays one. */
public abstract class BucketContract {
  private static final String TEXT = "text/plain";
  private static final int PART_BYTES = 5 << 20;

  private Bucket bucket = new FakeBucket("unopened");

  /** Opens an empty bucket. */
  protected abstract Bucket open() throws Exception;

  @BeforeEach
  final void openIt() throws Exception {
    bucket = open();
  }

  @AfterEach
  final void closeIt() {
    bucket.close();
  }

  /** Returns how a part fails whose upload is gone. */
  protected Kind goneUpload() {
    return Kind.NOT_FOUND;
  }

  /** Returns the bucket of this test. */
  protected final Bucket bucket() {
    return bucket;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String text(String key) {
    return new String(bucket.get(key).orElseThrow(), StandardCharsets.UTF_8);
  }

  @Test
  void whatIsPutComesBack() {
    bucket.put("a/b c+d.json", bytes("{}"), "application/json");
    assertThat(text("a/b c+d.json")).isEqualTo("{}");
    assertThat(bucket.head("a/b c+d.json").orElseThrow())
        .extracting(Item::key, Item::size)
        .containsExactly("a/b c+d.json", 2L);
    bucket.put("a/b c+d.json", bytes("[1]"), "application/json");
    assertThat(text("a/b c+d.json")).isEqualTo("[1]");
  }

  @Test
  void anAbsentObjectIsAbsentAndNoFailure() {
    assertThat(bucket.head("none")).isEmpty();
    assertThat(bucket.get("none")).isEmpty();
    assertThat(bucket.list("none")).isEmpty();
  }

  @Test
  void aListHasEveryObjectOfThePrefixInOrder() {
    for (String key : List.of("m/b", "m/a", "m/a/c", "n", "m.json")) {
      bucket.put(key, bytes(key), TEXT);
    }
    assertThat(bucket.list("m/")).extracting(Item::key).containsExactly("m/a", "m/a/c", "m/b");
    assertThat(bucket.list("m/").getFirst().etag())
        .isEqualTo(bucket.head("m/a").orElseThrow().etag())
        .doesNotContain("\"");
    assertThat(bucket.list("")).hasSize(5);
  }

  @Test
  void aRangeIsReadWhileTheObjectIsTheSame() throws IOException {
    bucket.put("k", bytes("0123456789"), TEXT);
    String etag = bucket.head("k").orElseThrow().etag();
    try (InputStream in = bucket.open("k", etag, 3, 4)) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("3456");
    }
    bucket.put("k", bytes("abcdefghij"), TEXT);
    assertThatThrownBy(() -> bucket.open("k", etag, 3, 4).close())
        .isInstanceOfSatisfying(
            CloudFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONFLICT));
    bucket.delete(List.of("k"));
    assertThatThrownBy(() -> bucket.open("k", etag, 3, 4).close())
        .isInstanceOfSatisfying(
            CloudFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
  }

  @Test
  void onlyTheFirstOfTwoWritersGetsAnObjectThatMustNotBeThere() {
    assertThat(bucket.putIfAbsent("lock", bytes("mine"), TEXT)).isPresent();
    assertThat(bucket.putIfAbsent("lock", bytes("yours"), TEXT)).isEmpty();
    assertThat(text("lock")).isEqualTo("mine");
  }

  @Test
  void anObjectIsReplacedOnlyByWhoSawItsLastState() {
    String first = bucket.putIfAbsent("lock", bytes("1"), TEXT).orElseThrow();
    String second = bucket.putIfUnchanged("lock", first, bytes("2"), TEXT).orElseThrow();
    assertThat(second).isEqualTo(bucket.head("lock").orElseThrow().etag());
    assertThat(bucket.putIfUnchanged("lock", first, bytes("3"), TEXT)).isEmpty();
    assertThat(text("lock")).isEqualTo("2");
    bucket.delete(List.of("lock"));
    assertThat(bucket.putIfUnchanged("lock", second, bytes("4"), TEXT)).isEmpty();
    assertThat(bucket.head("lock")).isEmpty();
  }

  @Test
  void whatIsDeletedIsGoneAndTheRestStays() {
    for (String key : List.of("a", "ab", "b")) {
      bucket.put(key, bytes(key), TEXT);
    }
    bucket.delete(List.of("a", "b", "never there"));
    bucket.delete(List.of());
    assertThat(bucket.list("")).extracting(Item::key).containsExactly("ab");
  }

  @Test
  void anObjectIsMadeOfItsPartsInOrder() throws IOException {
    byte[] first = random(PART_BYTES);
    byte[] last = bytes("the end");
    Upload upload = bucket.begin("big", "application/octet-stream", Map.of("slipway-x", "1 2"));
    ByteBuffer tail = ByteBuffer.wrap(last);
    Part second = bucket.send(upload, 2, tail);
    assertThat(tail.remaining()).isEqualTo(last.length);
    Part again = bucket.send(upload, 1, ByteBuffer.wrap(first));
    assertThat(bucket.head("big")).isEmpty();
    assertThat(bucket.parts(upload)).containsExactly(again, second);
    assertThat(bucket.uploads("b")).extracting(Upload::id).containsExactly(upload.id());
    assertThat(bucket.uploads("c")).isEmpty();

    bucket.complete(upload, bucket.parts(upload));

    Item item = bucket.head("big").orElseThrow();
    assertThat(item.size()).isEqualTo(PART_BYTES + last.length);
    assertThat(item.metadata()).containsEntry("slipway-x", "1 2");
    assertThat(bucket.uploads("")).isEmpty();
    try (InputStream in = bucket.open("big", item.etag(), PART_BYTES - 1, 4)) {
      assertThat(in.readAllBytes())
          .containsExactly(first[PART_BYTES - 1], last[0], last[1], last[2]);
    }
  }

  @Test
  void aPartIsTheBuffersBytesFromItsPositionToItsLimit() {
    Upload upload = bucket.begin("k", TEXT, Map.of());
    Part part = bucket.send(upload, 1, ByteBuffer.wrap(bytes("0123456789"), 2, 3));
    bucket.complete(upload, List.of(part));
    assertThat(text("k")).isEqualTo("234");
  }

  @Test
  void anUploadThatIsGoneIsToldAndItsAbortIsNoFailure() {
    Upload upload = bucket.begin("k", TEXT, Map.of());
    bucket.send(upload, 1, ByteBuffer.wrap(bytes("x")));
    bucket.abort(upload);
    assertThat(bucket.uploads("")).isEmpty();
    assertThatCode(() -> bucket.abort(upload)).doesNotThrowAnyException();
    assertThatThrownBy(() -> bucket.send(upload, 2, ByteBuffer.wrap(bytes("y"))))
        .isInstanceOfSatisfying(
            CloudFailure.class, e -> assertThat(e.kind()).isEqualTo(goneUpload()));
    assertThatThrownBy(() -> bucket.parts(upload))
        .isInstanceOfSatisfying(
            CloudFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
    assertThat(bucket.head("k")).isEmpty();
  }

  @Test
  void aSmallPartBeforeTheLastIsRefused() {
    Upload upload = bucket.begin("k", TEXT, Map.of());
    Part first = bucket.send(upload, 1, ByteBuffer.wrap(bytes("small")));
    Part second = bucket.send(upload, 2, ByteBuffer.wrap(bytes("small too")));
    assertThatThrownBy(() -> bucket.complete(upload, List.of(first, second)))
        .isInstanceOfSatisfying(
            CloudFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID));
    bucket.abort(upload);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }
}
