package dev.slipway.model.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.model.Snapshot;
import dev.slipway.model.SnapshotContent;
import dev.slipway.model.TransferProgress;
import dev.slipway.model.mirror.Bucket.Item;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MirrorTest {
  private static final String PREFIX = "models/chat/c0ffee/";
  private static final String MANIFEST = "models/chat/c0ffee.slipway-manifest.json";
  private static final int PART = 100;
  private static final Retries AT_ONCE = new Retries(6, Duration.ZERO);
  private static final ScriptedBucket.Script NOTHING = _ -> {};

  private final FakeBucket.Contents contents = new FakeBucket.Contents();
  private final BytesContent model =
      BytesContent.random(
          1,
          Map.of(
              "config.json", 40,
              "empty.txt", 0,
              "model-00001-of-00002.safetensors", 950,
              "model-00002-of-00002.safetensors", 400,
              "sub/tokenizer.json", 101));

  /** What a dead process does: nothing more. */
  private static final class Killed extends RuntimeException {
    Killed() {
      super("killed");
    }
  }

  private FakeBucket bucket() {
    return new FakeBucket("models", 0, contents);
  }

  private static Mirror mirror(Bucket bucket) {
    return new Mirror(bucket, PART, AT_ONCE, System::nanoTime);
  }

  private MirrorReport copy(Bucket bucket, Snapshot snapshot) {
    return mirror(bucket).copy(snapshot, PREFIX, TransferProgress.SILENT);
  }

  private void holdsTheModelAndNothingElse(BytesContent expected) {
    FakeBucket bucket = bucket();
    List<String> keys = new ArrayList<>();
    expected.files.forEach(
        (path, bytes) -> {
          assertThat(bucket.get(PREFIX + path).orElseThrow()).as(path).isEqualTo(bytes);
          keys.add(PREFIX + path);
        });
    assertThat(bucket.list(PREFIX)).extracting(Item::key).containsExactlyElementsOf(keys);
    assertThat(bucket.uploads("")).isEmpty();
    MirrorManifest manifest = MirrorManifest.read(bucket.get(MANIFEST).orElseThrow()).orElseThrow();
    assertThat(manifest.isOf(expected.snapshot())).isTrue();
    assertThat(bucket.list("models/")).hasSize(keys.size() + 1);
  }

  @Test
  void everyFileArrivesAndTheManifestVouchesForItBesideThePrefix() {
    MirrorReport report = copy(bucket(), model.snapshot());
    holdsTheModelAndNothingElse(model);
    assertThat(report.sent()).isEqualTo(5);
    assertThat(report.movedBytes()).isEqualTo(1491);
    assertThat(report.manifest().files().getFirst().etag())
        .isEqualTo(bucket().head(PREFIX + "config.json").orElseThrow().etag());
  }

  @Test
  void whatIsThereIsNeitherReadNorSentAgain() {
    copy(bucket(), model.snapshot());
    model.read.set(0);
    List<String> sent = new ArrayList<>();
    MirrorReport report = copy(new ScriptedBucket(bucket(), NOTHING, sent), model.snapshot());
    assertThat(report.unchanged()).isTrue();
    assertThat(sent).isEmpty();
    assertThat(model.read).hasValue(0);
  }

  @Test
  void onlyAFileThatWasReplacedIsSentAgain() {
    copy(bucket(), model.snapshot());
    bucket().put(PREFIX + "config.json", new byte[40], "text/plain");
    List<String> sent = new ArrayList<>();
    copy(new ScriptedBucket(bucket(), NOTHING, sent), model.snapshot());
    assertThat(sent).containsExactly(PREFIX + "config.json#1");
    holdsTheModelAndNothingElse(model);
  }

  @Test
  void whatElseLiesBelowThePrefixIsRemoved() {
    FakeBucket bucket = bucket();
    bucket.put(PREFIX, new byte[0], "application/x-directory");
    bucket.put(PREFIX + "sub/", new byte[0], "application/x-directory");
    bucket.put(PREFIX + "old.bin", new byte[3], "application/octet-stream");
    var foreign = bucket.begin(PREFIX + "old-00001.safetensors", "any", Map.of());
    bucket.send(foreign, 1, ByteBuffer.wrap(new byte[5]));
    bucket.begin(PREFIX + "config.json", "any", Map.of());
    copy(bucket, model.snapshot());
    holdsTheModelAndNothingElse(model);
  }

  @Test
  void uploadsOfAnotherSnapshotBelowThePrefixAreAbortedAndNotMixedIn() {
    BytesContent older = BytesContent.random(2, Map.of("model-00001-of-00002.safetensors", 950));
    Bucket dying = new ScriptedBucket(bucket(), dieBefore(12));
    assertThatThrownBy(() -> copy(dying, older.snapshot("0ld", older))).isInstanceOf(Killed.class);
    assertThat(bucket().uploads(PREFIX)).hasSize(1);
    copy(bucket(), model.snapshot());
    holdsTheModelAndNothingElse(model);
  }

  private static ScriptedBucket.Script dieBefore(int nth) {
    var calls = new AtomicInteger();
    return _ -> {
      if (calls.incrementAndGet() >= nth) {
        throw new Killed();
      }
    };
  }

  private static ScriptedBucket.Script dieAt(String fatal) {
    var dead = new AtomicBoolean();
    return call -> {
      dead.compareAndSet(false, call.equals(fatal));
      if (dead.get()) {
        throw new Killed();
      }
    };
  }

  private static ScriptedBucket.Script dieAfter(int nth) {
    var calls = new AtomicInteger();
    return new ScriptedBucket.Script() {
      @Override
      public void before(String call) {
        if (calls.incrementAndGet() > nth) {
          throw new Killed();
        }
      }

      @Override
      public void after(String call) {
        if (calls.get() >= nth) {
          throw new Killed();
        }
      }
    };
  }

  @Test
  void aCopyKilledAtAnyCallGoesOnAndSendsAtMostOnePartAgain() {
    var calls = new AtomicInteger();
    copy(new ScriptedBucket(bucket(), _ -> calls.incrementAndGet()), model.snapshot());
    assertThat(calls.get()).isGreaterThan(25);
    for (int nth = 1; nth <= calls.get() + 2; nth++) {
      for (boolean effective : new boolean[] {false, true}) {
        bucket().delete(bucket().list("").stream().map(Item::key).toList());
        List<String> sent = new ArrayList<>();
        var script = effective ? dieAfter(nth) : dieBefore(nth);
        Throwable death =
            catchThrowable(
                () -> copy(new ScriptedBucket(bucket(), script, sent), model.snapshot()));
        if (nth <= calls.get() - 1) {
          assertThat(death).as("call %s", nth).isInstanceOf(Killed.class);
        }
        copy(new ScriptedBucket(bucket(), NOTHING, sent), model.snapshot());
        holdsTheModelAndNothingElse(model);
        assertThat(sent.size() - new HashSet<>(sent).size())
            .as("parts sent again after death %s call %s", effective ? "after" : "before", nth)
            .isLessThanOrEqualTo(1);
        assertThat(new HashSet<>(sent)).hasSize(18);
      }
    }
  }

  @Test
  void aPartThatAnInterruptedRunSentWrongIsFoundBeforeTheManifest() {
    List<String> sent = new ArrayList<>();
    SnapshotContent broken =
        new Disturbed(model) {
          @Override
          InputStream open(String path, long offset, InputStream in) throws IOException {
            byte[] bytes = in.readAllBytes();
            if (path.startsWith("model-00001") && offset == 0) {
              bytes[7]++;
            }
            return new ByteArrayInputStream(bytes);
          }
        };
    ScriptedBucket.Script script = dieAt("send " + PREFIX + "model-00001-of-00002.safetensors#5");
    assertThatThrownBy(
            () -> copy(new ScriptedBucket(bucket(), script, sent), model.snapshot(broken)))
        .isInstanceOf(Killed.class);
    assertThatThrownBy(() -> copy(bucket(), model.snapshot()))
        .isInstanceOfSatisfying(
            OperationFailed.class, e -> assertThat(e.code()).isEqualTo("model_corrupt"));
    assertThat(bucket().head(MANIFEST)).isEmpty();
    assertThat(bucket().head(PREFIX + "model-00001-of-00002.safetensors")).isEmpty();
    copy(bucket(), model.snapshot());
    holdsTheModelAndNothingElse(model);
  }

  @Test
  void aFileThatNoRunSawWholeIsReadBackEvenIfTheRunThatCompletedItDied() {
    ScriptedBucket.Script first = dieAt("send " + PREFIX + "model-00001-of-00002.safetensors#5");
    assertThatThrownBy(() -> copy(new ScriptedBucket(bucket(), first), model.snapshot()))
        .isInstanceOf(Killed.class);
    ScriptedBucket.Script second = dieAt("open " + PREFIX + "model-00001-of-00002.safetensors");
    assertThatThrownBy(() -> copy(new ScriptedBucket(bucket(), second), model.snapshot()))
        .isInstanceOf(Killed.class);
    List<String> opened = new ArrayList<>();
    ScriptedBucket.Script third =
        call -> {
          if (call.startsWith("open")) {
            opened.add(call);
          }
        };
    copy(new ScriptedBucket(bucket(), third), model.snapshot());
    assertThat(opened).containsExactly("open " + PREFIX + "model-00001-of-00002.safetensors");
    holdsTheModelAndNothingElse(model);
  }

  @Test
  void aWrongHashAbortsTheUploadAndNamesTheFile() {
    SnapshotContent wrong =
        new Disturbed(model) {
          @Override
          InputStream open(String path, long offset, InputStream in) throws IOException {
            byte[] bytes = in.readAllBytes();
            if (path.startsWith("model-00002") && offset == 300) {
              bytes[99]++;
            }
            return new ByteArrayInputStream(bytes);
          }
        };
    assertThatThrownBy(() -> copy(bucket(), model.snapshot(wrong)))
        .isInstanceOfSatisfying(
            OperationFailed.class,
            e -> {
              assertThat(e.code()).isEqualTo("model_corrupt");
              assertThat(e.what()).contains("model-00002-of-00002.safetensors");
            });
    assertThat(bucket().uploads(PREFIX)).noneMatch(upload -> upload.key().contains("model-00002"));
    assertThat(bucket().head(PREFIX + "model-00002-of-00002.safetensors")).isEmpty();
    assertThat(bucket().head(MANIFEST)).isEmpty();
  }

  @Test
  void aBrokenConnectionAndAShortBodyGoOnWhereTheyStopped() {
    SnapshotContent flaky =
        new Disturbed(model) {
          @Override
          InputStream open(String path, long offset, InputStream in) {
            return new FilterInputStream(in) {
              private int left = 13;

              @Override
              public int read(byte[] bytes, int from, int length) throws IOException {
                if (left == 0) {
                  if (offset % 2 == 0) {
                    throw new IOException("Connection reset");
                  }
                  return -1;
                }
                int count = super.read(bytes, from, Math.min(left, length));
                left -= Math.max(0, count);
                return count;
              }
            };
          }
        };
    copy(bucket(), model.snapshot(flaky));
    holdsTheModelAndNothingElse(model);
  }

  @Test
  void aRegistryThatGivesNothingIsGivenUpAfterAFewTries() {
    var tries = new AtomicInteger();
    SnapshotContent dead =
        new Disturbed(model) {
          @Override
          InputStream open(String path, long offset, InputStream in) throws IOException {
            tries.incrementAndGet();
            throw new IOException("Connection refused");
          }
        };
    assertThatThrownBy(() -> copy(bucket(), model.snapshot(dead)))
        .isInstanceOfSatisfying(
            OperationFailed.class,
            e -> {
              assertThat(e.retriable()).isTrue();
              assertThat(e.why()).contains("Connection refused");
            });
    assertThat(tries.get()).isLessThanOrEqualTo(AT_ONCE.most() * Transfer.buffers(PART));
  }

  @Test
  void aMovedRevisionStopsTheCopyWithTheRegistrysOwnWords() {
    SnapshotContent moved =
        new Disturbed(model) {
          @Override
          InputStream open(String path, long offset, InputStream in) {
            throw new OperationFailed("model_changed", "Cannot read", "the ETag changed", "Lock.");
          }
        };
    assertThatThrownBy(() -> copy(bucket(), model.snapshot(moved)))
        .hasMessageContaining("the ETag changed");
    assertThat(bucket().head(MANIFEST)).isEmpty();
  }

  @Test
  void aThrottledStoreIsTriedAgainAndADeniedOneIsNot() {
    var calls = new AtomicInteger();
    ScriptedBucket.Script everySecond =
        _ -> {
          if (calls.incrementAndGet() % 2 == 0) {
            throw failure(Kind.THROTTLED);
          }
        };
    copy(new ScriptedBucket(bucket(), everySecond), model.snapshot());
    holdsTheModelAndNothingElse(model);

    var denied = new AtomicInteger();
    ScriptedBucket.Script deny =
        call -> {
          if (call.startsWith("begin")) {
            denied.incrementAndGet();
            throw failure(Kind.DENIED);
          }
        };
    FakeBucket.Contents empty = new FakeBucket.Contents();
    assertThatThrownBy(
            () -> copy(new ScriptedBucket(new FakeBucket("b", 0, empty), deny), model.snapshot()))
        .isInstanceOfSatisfying(
            CloudFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.DENIED));
    assertThat(denied.get()).isLessThanOrEqualTo(Transfer.buffers(PART));
  }

  static CloudFailure failure(Kind kind) {
    return new CloudFailure(kind, "The bucket did not do as asked", "a test", "Go on.", null);
  }

  @Test
  void anInterruptStopsTheCopyAndLeavesWhatHasArrived() throws InterruptedException {
    var reached = new CountDownLatch(1);
    ScriptedBucket.Script slow =
        call -> {
          if (call.endsWith("#5")) {
            reached.countDown();
          }
        };
    List<Throwable> ends = new ArrayList<>();
    SnapshotContent endless =
        new Disturbed(model) {
          @Override
          InputStream open(String path, long offset, InputStream in) throws IOException {
            if (path.startsWith("model-00001") && offset == 700) {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
              }
            }
            return in;
          }
        };
    Thread copying =
        Thread.ofVirtual()
            .start(
                () ->
                    ends.add(
                        catchThrowable(
                            () ->
                                copy(
                                    new ScriptedBucket(bucket(), slow), model.snapshot(endless)))));
    reached.await();
    copying.interrupt();
    assertThat(copying.join(Duration.ofSeconds(20))).isTrue();
    assertThat(ends.getFirst()).isInstanceOf(Interrupted.class);
    copy(bucket(), model.snapshot());
    holdsTheModelAndNothingElse(model);
  }

  @Test
  void progressCountsWhatAnEarlierRunSent() {
    ScriptedBucket.Script first = dieAt("send " + PREFIX + "model-00001-of-00002.safetensors#5");
    assertThatThrownBy(() -> copy(new ScriptedBucket(bucket(), first), model.snapshot()))
        .isInstanceOf(Killed.class);
    List<TransferProgress.Transfer> heard = new ArrayList<>();
    mirror(bucket()).copy(model.snapshot(), PREFIX, heard::add);
    long earlier = heard.getFirst().done() - heard.getFirst().moved();
    assertThat(earlier)
        .as("how many parts arrived beside the last one varies")
        .isBetween(1L, 1490L);
    assertThat(heard.getLast().done()).isEqualTo(1491);
    assertThat(heard.getLast().total()).isEqualTo(1491);
    assertThat(heard.getLast().moved()).isEqualTo(1491 - earlier);
  }

  @Test
  void aNameThatIsBothFileAndFolderIsRefused() {
    BytesContent twice = BytesContent.random(3, Map.of("a", 1, "a/b", 1));
    assertThatThrownBy(() -> copy(bucket(), twice.snapshot())).isInstanceOf(Refused.class);
  }

  @Test
  void aManifestThatIsNoJsonVouchesForNothing() {
    bucket().put(MANIFEST, "{".getBytes(StandardCharsets.UTF_8), "application/json");
    copy(bucket(), model.snapshot());
    holdsTheModelAndNothingElse(model);
  }

  /** Gives a model's bytes with something wrong about them. */
  private abstract static class Disturbed implements SnapshotContent {
    private final BytesContent model;

    Disturbed(BytesContent model) {
      this.model = model;
    }

    abstract InputStream open(String path, long offset, InputStream in) throws IOException;

    @Override
    public InputStream open(dev.slipway.model.ModelFile file, long offset, long length)
        throws IOException {
      return open(file.path(), offset, model.open(file, offset, length));
    }

    @Override
    public Optional<Path> folder() {
      return Optional.empty();
    }
  }
}
