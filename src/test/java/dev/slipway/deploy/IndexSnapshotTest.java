package dev.slipway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.hosting.MemoryHouse;
import dev.slipway.standin.kernel.VirtualPace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index gets to the store and back as it was. */
final class IndexSnapshotTest {
  private final Path folder;
  private final Bucket bucket;

  IndexSnapshotTest(@TempDir Path folder) {
    this.folder = folder;
    MemoryHouse house = (MemoryHouse) new CloudSimulation(new VirtualPace()).objects();
    house.create("store");
    this.bucket = house.bucket("store").orElseThrow();
  }

  private Path index(String name, byte[] content) throws IOException {
    Path index = Files.createDirectories(folder.resolve(name));
    Files.write(index.resolve("_0.cfs"), content);
    Files.writeString(index.resolve("segments_1"), "one");
    return index;
  }

  @Test
  void comesBackAsItWasAndIsStoredOnce() throws IOException {
    // Incompressible, and longer than one part of an upload.
    byte[] content = new byte[17 << 20];
    new Random(5).nextBytes(content);
    IndexSnapshot snapshot = IndexSnapshot.of(index("here", content));

    assertThat(snapshot.store(bucket, "index/default/")).isTrue();
    assertThat(snapshot.store(bucket, "index/default/")).isFalse();
    Path there = folder.resolve("there");
    IndexSnapshot.fetch(bucket, snapshot.key("index/default/"), there);

    assertThat(there.resolve("_0.cfs")).hasBinaryContent(content);
    assertThat(IndexSnapshot.of(there).hash()).isEqualTo(snapshot.hash());
  }

  @Test
  void theSameContentHasTheSameKeyWhateverLuceneLocks() throws IOException {
    Path one = index("one", new byte[] {1});
    Path two = index("two", new byte[] {1});
    Files.writeString(two.resolve("write.lock"), "");
    Path other = index("other", new byte[] {2});

    assertThat(IndexSnapshot.of(two).hash()).isEqualTo(IndexSnapshot.of(one).hash());
    assertThat(IndexSnapshot.of(other).hash()).isNotEqualTo(IndexSnapshot.of(one).hash());
  }

  @Test
  void noIndexIsOneWithoutPassages() {
    IndexSnapshot none = IndexSnapshot.of(folder.resolve("never"));

    assertThat(none.isEmpty()).isTrue();
    none.store(bucket, "index/default/");
    IndexSnapshot.fetch(bucket, none.key("index/default/"), folder.resolve("there"));
    assertThat(folder.resolve("there")).isEmptyDirectory();
  }

  @Test
  void whatIsNotWhatItsNameSaysIsRefused() throws IOException {
    IndexSnapshot snapshot = IndexSnapshot.of(index("here", new byte[] {1}));
    String key = snapshot.key("index/default/");
    bucket.put(key, zip("segments_1"), "application/zip");

    assertThatThrownBy(() -> IndexSnapshot.fetch(bucket, key, folder.resolve("there")))
        .isInstanceOfSatisfying(
            OperationFailed.class, e -> assertThat(e.code()).isEqualTo("index_broken"));
    assertThatThrownBy(
            () -> IndexSnapshot.fetch(bucket, "index/default/none.zip", folder.resolve("x")))
        .isInstanceOfSatisfying(
            OperationFailed.class, e -> assertThat(e.code()).isEqualTo("index_gone"));
  }

  @Test
  void anArchiveReachesNothingOutsideOfItsFolder() throws IOException {
    bucket.put("index/default/evil.zip", zip("../outside"), "application/zip");

    assertThatThrownBy(
            () -> IndexSnapshot.fetch(bucket, "index/default/evil.zip", folder.resolve("there")))
        .isInstanceOf(OperationFailed.class)
        .hasMessageContaining("outside");
    assertThat(folder.resolve("outside")).doesNotExist();
  }

  private static byte[] zip(String name) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new ZipOutputStream(bytes)) {
      out.putNextEntry(new ZipEntry(name));
      out.write(7);
      out.closeEntry();
    }
    return bytes.toByteArray();
  }
}
