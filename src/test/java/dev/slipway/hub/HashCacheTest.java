package dev.slipway.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipway.failure.OperationFailed;
import dev.slipway.model.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HashCacheTest {

  private static final String REMEMBERED = "a".repeat(64);

  private final Path folder;
  private final Path file;

  HashCacheTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.file = Files.writeString(folder.resolve("weights"), "abc");
  }

  @Test
  void aFileThatHasNotChangedIsNotReadAgain() throws IOException {
    remember();

    assertThat(hash(later())).isEqualTo(REMEMBERED);
  }

  @Test
  void anyChangeIsReadAgain() throws IOException {
    remember();
    FileTime before = Files.getLastModifiedTime(file);
    Files.writeString(file, "abd");
    Files.setLastModifiedTime(file, before);

    assertThat(hash(later())).as("same size, same time").isNotEqualTo(REMEMBERED);
  }

  @Test
  void aFileWrittenAMomentAgoIsNotRemembered() throws IOException {
    var cache = new HashCache(folder.resolve("cache"), Clock.systemUTC());
    cache.put(FileIdentity.of(file), REMEMBERED);
    cache.save();

    assertThat(folder.resolve("cache")).doesNotExist();
  }

  @Test
  void aBrokenCacheIsDoneWithout() throws IOException {
    Path cache = Files.createDirectory(folder.resolve("cache")).resolve("hashes.json");
    for (String broken : new String[] {"", "{", "[1,{}]", "[{\"path\":\"x\"}]", "\0\0"}) {
      Files.writeString(cache, broken);
      assertThat(hash(later())).startsWith("ba7816bf");
    }
  }

  @Test
  void aCacheThatCannotBeWrittenIsDoneWithout() throws IOException {
    Files.writeString(folder.resolve("cache"), "a file where the folder should be");

    assertThat(hash(later())).startsWith("ba7816bf");
  }

  @Test
  void aFileThatGrowsWhileItIsReadIsTold() throws Exception {
    Path large = Files.write(folder.resolve("large"), new byte[8 << 20]);
    Thread writer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    while (!Thread.currentThread().isInterrupted()) {
                      Files.write(large, new byte[1], StandardOpenOption.APPEND);
                    }
                  } catch (IOException e) {
                    // Interrupted in the middle of a write.
                  }
                });
    try {
      // The writer may get no turn during one reading.
      Instant deadline = Instant.now().plusSeconds(20);
      Throwable told = null;
      while (told == null) {
        assertThat(Instant.now()).as("the writer writes while it is read").isBefore(deadline);
        told = catchThrowable(() -> new Sha256().of(large, "large"));
      }
      assertThat(told)
          .isInstanceOfSatisfying(
              OperationFailed.class,
              e -> {
                assertThat(e.code()).isEqualTo("model_changing");
                assertThat(e.retriable()).isTrue();
              });
    } finally {
      writer.interrupt();
      writer.join();
    }
  }

  private void remember() throws IOException {
    HashCache cache = later();
    cache.put(FileIdentity.of(file), REMEMBERED);
    cache.save();
  }

  private String hash(HashCache cache) throws IOException {
    var hashing = new Sha256(cache);
    ModelFile described = hashing.of(file, "weights");
    hashing.keep();
    return described.sha256();
  }

  /** Returns the cache as it is when the file has settled. */
  private HashCache later() {
    Instant then = Instant.now().plus(Duration.ofMinutes(1));
    return new HashCache(folder.resolve("cache"), Clock.fixed(then, ZoneOffset.UTC));
  }
}
