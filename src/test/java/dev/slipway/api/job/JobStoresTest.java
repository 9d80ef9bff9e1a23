package dev.slipway.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.model.mirror.FakeBucket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobStoresTest {

  @Nested
  final class Memory extends JobStoreContract {
    @Override
    JobStore store() {
      return new MemoryJobStore();
    }
  }

  @Nested
  final class Bucket extends JobStoreContract {
    @Override
    JobStore store() {
      return new BucketJobStore(new FakeBucket("store"), "jobs/prod/");
    }
  }

  @Nested
  final class Folder extends JobStoreContract {
    private final Path folder;

    Folder(@TempDir Path folder) {
      this.folder = folder.resolve("state").resolve("jobs");
    }

    @Override
    JobStore store() {
      return FolderJobStore.open(folder);
    }

    @Test
    void nobodyElseMayReadTheQuestions() throws IOException {
      try (JobStore store = store()) {
        store.add("a-1", "a question".getBytes(StandardCharsets.UTF_8));
      }

      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
          .isEqualTo("rwx------");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(folder.resolve("a-1.json"))))
          .isEqualTo("rw-------");
    }

    @Test
    void aQuestionThatWasBeingWrittenWhenTheServiceWasKilledIsNotKeptForEver() throws IOException {
      store().close();
      Path unfinished = Files.writeString(folder.resolve("1b4e28ba.tmp"), "half a question");

      try (JobStore store = store()) {
        assertThat(unfinished).doesNotExist();
        assertThat(store.add("a-1", new byte[] {1})).isTrue();
      }
    }
  }
}
