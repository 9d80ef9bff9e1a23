package dev.slipway.api.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store of jobs keeps. */
abstract class JobStoreContract {
  /** Returns an empty store. */
  abstract JobStore store();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void keepsReadsListsAndRemoves() {
    try (JobStore store = store()) {
      assertThat(store.read("a-1")).isEmpty();
      assertThat(store.add("a-1", bytes("one"))).isTrue();
      assertThat(store.add("a-1", bytes("again"))).as("names are of one job only").isFalse();
      assertThat(store.add("b-2", bytes("two"))).isTrue();

      assertThat(store.read("a-1").orElseThrow().body()).isEqualTo(bytes("one"));
      assertThat(store.list(""))
          .extracting(JobStore.Entry::name)
          .containsExactlyInAnyOrder("a-1", "b-2");
      assertThat(store.list("b-")).extracting(JobStore.Entry::name).containsExactly("b-2");

      store.remove("a-1");
      store.remove("a-1");
      assertThat(store.read("a-1")).isEmpty();
      assertThat(store.list("")).hasSize(1);
    }
  }

  @Test
  void writesOnlyOverWhatWasRead() {
    try (JobStore store = store()) {
      store.add("a-1", bytes("one"));
      String first = store.read("a-1").orElseThrow().version();

      assertThat(store.replace("a-1", first, bytes("two"))).isTrue();
      assertThat(store.replace("a-1", first, bytes("three"))).isFalse();
      assertThat(store.replace("none", first, bytes("three"))).isFalse();

      assertThat(store.read("a-1").orElseThrow().body()).isEqualTo(bytes("two"));
      assertThat(store.read("none")).isEmpty();
    }
  }

  @Test
  void ofManyWhoWriteOverTheSameVersionOneDoes() throws Exception {
    try (JobStore store = store();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      store.add("a-1", bytes("one"));
      String version = store.read("a-1").orElseThrow().version();
      var writers =
          IntStream.range(0, 8)
              .mapToObj(i -> threads.submit(() -> store.replace("a-1", version, bytes("w" + i))))
              .toList();

      int written = 0;
      for (Future<Boolean> writer : writers) {
        written += writer.get() ? 1 : 0;
      }

      assertThat(written).isEqualTo(1);
    }
  }
}
