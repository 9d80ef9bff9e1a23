package dev.slipway.model.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.CloudFailure.Kind;
import dev.slipway.failure.OperationFailed;
import dev.slipway.model.ModelFile;
import dev.slipway.model.SnapshotContent;
import dev.slipway.model.TransferProgress;
import dev.slipway.model.mirror.Bucket.Item;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Throws random faults at random models, run after run, until a copy comes to its end. */
class MirrorFaultsTest {
  private static final String PREFIX = "m/1/";
  private static final int MODELS = 60;
  private static final int MOST_RUNS = 400;

  private static final class Killed extends RuntimeException {
    Killed() {
      super("killed");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whateverHappensTheCopyIsTheModelInTheEnd(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < MODELS; i++) {
      int part = 1 + random.nextInt(200);
      BytesContent model = BytesContent.random(random.nextLong(), sizes(random, part));
      var contents = new FakeBucket.Contents();
      int runs = 0;
      while (!run(model, part, contents, new Random(random.nextLong()))) {
        assertThat(++runs).as("runs of model %s, seed %s", i, seed).isLessThan(MOST_RUNS);
      }
      check(model, new FakeBucket("b", 0, contents));
    }
  }

  private static Map<String, Integer> sizes(Random random, int part) {
    Map<String, Integer> sizes = new HashMap<>();
    int files = 1 + random.nextInt(6);
    for (int i = 0; i < files; i++) {
      int around = part * random.nextInt(12) + random.nextInt(3) - 1;
      sizes.put((i % 2 == 0 ? "f" : "d/f") + i, Math.max(0, around));
    }
    return sizes;
  }

  /** Runs once; says whether it came to its end. */
  private static boolean run(
      BytesContent model, int part, FakeBucket.Contents contents, Random random) {
    var bucket = new ScriptedBucket(new FakeBucket("b", 0, contents), new Faults(random));
    var mirror = new Mirror(bucket, part, new Retries(4, Duration.ZERO), System::nanoTime);
    try {
      mirror.copy(model.snapshot(new Flaky(model, random)), PREFIX, TransferProgress.SILENT);
      return true;
    } catch (Killed | CloudFailure | OperationFailed expected) {
      return false;
    }
  }

  private static void check(BytesContent model, FakeBucket bucket) {
    model.files.forEach(
        (path, bytes) ->
            assertThat(bucket.get(PREFIX + path).orElseThrow()).as(path).isEqualTo(bytes));
    assertThat(bucket.list(PREFIX))
        .extracting(Item::key)
        .containsExactlyElementsOf(
            model.files.keySet().stream().map(PREFIX::concat).sorted().toList());
    assertThat(bucket.uploads("")).isEmpty();
    assertThat(bucket.list(""))
        .extracting(Item::key)
        .contains(MirrorManifest.key(PREFIX))
        .hasSize(model.files.size() + 1);
  }

  /** Loses requests, loses answers, and dies. */
  private static final class Faults implements ScriptedBucket.Script {
    private static final List<Kind> PASSING =
        List.of(Kind.UNREACHABLE, Kind.THROTTLED, Kind.INTERNAL);

    private final Random random;
    private final double losses;
    private final double deaths;
    private boolean dead;

    Faults(Random random) {
      this.random = random;
      this.losses = random.nextInt(4) * 0.05;
      this.deaths = random.nextInt(3) * 0.02;
    }

    @Override
    public void before(String call) {
      dead |= random.nextDouble() < deaths;
      disturb();
    }

    @Override
    public void after(String call) {
      dead |= random.nextDouble() < deaths;
      disturb();
    }

    private void disturb() {
      if (dead) {
        throw new Killed();
      }
      if (random.nextDouble() < losses) {
        throw MirrorTest.failure(PASSING.get(random.nextInt(PASSING.size())));
      }
    }
  }

  /** Breaks off, ends early, and gives wrong bytes now and then. */
  private static final class Flaky implements SnapshotContent {
    private final BytesContent model;
    private final Random random;

    Flaky(BytesContent model, Random random) {
      this.model = model;
      this.random = random;
    }

    @Override
    public InputStream open(ModelFile file, long offset, long length) throws IOException {
      byte[] bytes;
      try (InputStream in = model.open(file, offset, length)) {
        bytes = in.readAllBytes();
      }
      synchronized (random) {
        return switch (random.nextInt(60)) {
          case 0, 1, 2 -> throw new IOException("Connection reset");
          case 3, 4, 5 ->
              new ByteArrayInputStream(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
          case 6 -> new ByteArrayInputStream(new byte[bytes.length]);
          default -> new ByteArrayInputStream(bytes);
        };
      }
    }

    @Override
    public Optional<Path> folder() {
      return Optional.empty();
    }
  }
}
