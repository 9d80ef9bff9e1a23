package dev.slipway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LockTest {

  private static final ModelFile CONFIG = new ModelFile("config.json", 7, "a".repeat(64));
  private static final ModelFile WEIGHTS = new ModelFile("model.gguf", 9, "b".repeat(64));
  private static final ModelFacts FACTS =
      new ModelFacts(
          Optional.of("llama"), OptionalLong.of(12), Optional.empty(), OptionalInt.of(512));

  private final Path folder;

  LockTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void isWrittenAsTheContractSaysAndReadBack() throws IOException {
    Lock lock = of(snapshot("file:m", "c0ffee", CONFIG, WEIGHTS));

    lock.write(file());

    assertThat(Files.readString(file()))
        .isEqualTo(
            """
            {
              "source" : "file:m",
              "revision" : "main",
              "globs" : [ ],
              "commit" : "c0ffee",
              "files" : [
                {
                  "path" : "config.json",
                  "size" : 7,
                  "sha256" : "%s"
                },
                {
                  "path" : "model.gguf",
                  "size" : 9,
                  "sha256" : "%s"
                }
              ],
              "facts" : {
                "architecture" : "llama",
                "parameters" : 12,
                "dtype" : null,
                "context_length" : 512
              }
            }
            """
                .formatted("a".repeat(64), "b".repeat(64)));
    assertThat(Lock.read(file())).contains(lock);
    try (var left = Files.list(folder)) {
      assertThat(left).as("no temporary file stays").containsExactly(file());
    }
  }

  @Test
  void isAbsentWhereThereIsNoFile() {
    assertThat(Lock.read(file())).isEmpty();
  }

  @Test
  void pinsOnceThenHolds() {
    Snapshot snapshot = snapshot("file:m", "c0ffee", CONFIG, WEIGHTS);

    assertThat(pin(snapshot)).isEqualTo(Lock.Pinned.MADE);
    assertThat(pin(snapshot)).isEqualTo(Lock.Pinned.HELD);
  }

  @Test
  void isMadeAnewForAnotherSource() {
    pin(snapshot("file:m", "c0ffee", CONFIG, WEIGHTS));
    Snapshot other = snapshot("file:other", "beef", WEIGHTS);

    assertThat(pin(other)).isEqualTo(Lock.Pinned.REMADE);
    assertThat(Lock.read(file())).contains(of(other));
  }

  @Test
  void namesEveryChangedMissingAndNewFile() {
    var grown = new ModelFile("grown", 1, "a".repeat(64));
    var gone = new ModelFile("gone", 1, "a".repeat(64));
    Lock lock = of(snapshot("file:m", "one", CONFIG, WEIGHTS, grown, gone));
    Snapshot now =
        snapshot(
            "file:m",
            "two",
            CONFIG,
            new ModelFile("model.gguf", 9, "c".repeat(64)),
            new ModelFile("grown", 2, "a".repeat(64)),
            new ModelFile("added", 1, "a".repeat(64)));

    assertThat(lock.differences(now))
        .containsExactly(
            "added is new",
            "gone is missing",
            "grown has 2 bytes, had 1",
            "model.gguf has changed (SHA-256 cccccccccccc…, was bbbbbbbbbbbb…)");
    lock.write(file());
    assertThatThrownBy(() -> pin(now))
        .isInstanceOfSatisfying(
            Refused.class,
            e -> {
              assertThat(e.code()).isEqualTo("model_changed");
              assertThat(e.why()).contains("gone is missing; grown has");
              assertThat(e.next()).contains("delete slipway.lock");
            });
    assertThat(Lock.read(file())).as("a refused lock stays as it was").contains(lock);
  }

  @Test
  void aCommitAloneIsADifferenceToo() {
    Lock lock = of(snapshot("file:m", "one", CONFIG));

    assertThat(lock.differences(snapshot("file:m", "two", CONFIG)))
        .containsExactly("the commit was one, is two");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "c0ffee"          | 5                 | commit: must be a text
          "revision" : "main" | "revision" : 1  | revision: must be a text
          "globs" : [ ]     | "globs" : [ 1 ]   | globs: must be a list of texts
          "commit"          | "commits"         | commit: is missing
          "files"           | "more" : 1, "files" | "more": is unknown
          "path" : "config.json" | "path" : "../x" | files[0]: path "../x": the path leaves
          "path" : "model.gguf"  | "path" : "config.json" | files[1].path: is there twice
          "size" : 7        | "size" : -7       | files[0]: size must be
          "size" : 7        | "size" : 7.5      | files[0].size: must be a whole number
          "size" : 7        | "size" : "7"      | files[0].size: must be a whole number
          512               | 5120000000        | facts.context_length: must be
          "dtype" : null,   | ``                | facts.dtype: is missing
          "size" : 7        | "size" : 7, "size" : 7 | no single JSON document near line
          }                 | ]                 | no single JSON document near line
          aaaa              | AAAA              | files[0]: sha256 must be
          """)
  void saysWhereALockIsWrong(String good, String bad, String why) throws IOException {
    of(snapshot("file:m", "c0ffee", CONFIG, WEIGHTS)).write(file());
    String text = Files.readString(file());
    assertThat(text).contains(good);
    int at = text.indexOf(good);
    Files.writeString(file(), text.substring(0, at) + bad + text.substring(at + good.length()));

    assertThatThrownBy(() -> Lock.read(file()))
        .isInstanceOfSatisfying(
            OperationFailed.class,
            e -> {
              assertThat(e.code()).isEqualTo("lock_invalid");
              assertThat(e.why()).contains(why);
              assertThat(e.next()).contains("slipway up");
            });
  }

  @Test
  void aLockThatCannotBeWrittenIsTold() {
    Lock lock = of(snapshot("file:m", "c0ffee", CONFIG));

    assertThatThrownBy(() -> lock.write(folder.resolve("absent").resolve(Lock.FILE_NAME)))
        .isInstanceOfSatisfying(
            OperationFailed.class, e -> assertThat(e.code()).isEqualTo("lock_not_written"));
  }

  @Test
  void aLockFromBeforeRevisionsWerePinnedStillHolds() throws IOException {
    Snapshot snapshot = snapshot("file:m", "c0ffee", CONFIG, WEIGHTS);
    of(snapshot).write(file());
    String old =
        Files.readString(file())
            .replace("  \"revision\" : \"main\",\n", "")
            .replace("  \"globs\" : [ ],\n", "");
    assertThat(old).doesNotContain("revision", "globs");
    Files.writeString(file(), old);

    assertThat(Lock.read(file()).orElseThrow().pinned(model("file:m", "any", "*.gguf")))
        .contains("c0ffee");
    assertThat(pin(snapshot)).isEqualTo(Lock.Pinned.HELD);
    assertThat(Files.readString(file())).as("it is left as it was").isEqualTo(old);
  }

  @Test
  void pinsTheCommitOfItsSourceRevisionAndFilesOnly() {
    Lock lock = of(snapshot("hf://org/name", "c0ffee", WEIGHTS));

    assertThat(lock.pinned(model("hf://org/name", "main"))).contains("c0ffee");
    assertThat(lock.pinned(model("hf://org/other", "main"))).isEmpty();
    assertThat(lock.pinned(model("hf://org/name", "v2"))).isEmpty();
    assertThat(lock.pinned(model("hf://org/name", "main", "*.gguf"))).isEmpty();
  }

  @Test
  void isMadeAnewForAChangedRevision() {
    Lock.pin(file(), model("hf://org/name", "v1"), snapshot("hf://org/name", "one", WEIGHTS));

    assertThat(
            Lock.pin(
                file(), model("hf://org/name", "v2"), snapshot("hf://org/name", "two", CONFIG)))
        .isEqualTo(Lock.Pinned.REMADE);
    assertThat(Lock.read(file()).orElseThrow().revision()).contains("v2");
  }

  private Lock.Pinned pin(Snapshot snapshot) {
    return Lock.pin(file(), model(snapshot.source().uri(), "main"), snapshot);
  }

  private static Lock of(Snapshot snapshot) {
    return Lock.of(model(snapshot.source().uri(), "main"), snapshot);
  }

  private static ModelSpec model(String source, String revision, String... globs) {
    return new ModelSpec(ModelSource.parse(source), revision, List.of(globs), Set.of());
  }

  private Path file() {
    return folder.resolve(Lock.FILE_NAME);
  }

  private Snapshot snapshot(String source, String commit, ModelFile... files) {
    return new Snapshot(ModelSource.parse(source), commit, List.of(files), FACTS, folder);
  }
}
