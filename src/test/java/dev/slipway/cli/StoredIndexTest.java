package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.deploy.IndexSnapshot;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.rag.Passage;
import dev.slipway.rag.index.HashingEmbedder;
import dev.slipway.rag.index.PassageWriter.EmbeddedPassage;
import dev.slipway.rag.index.PassageWriter.NewDocument;
import dev.slipway.rag.index.VectorSpace;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.FakeCloud;
import dev.slipway.standin.hosting.MemoryHouse;
import dev.slipway.standin.kernel.VirtualPace;
import dev.slipway.store.LuceneStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task starts with the index that a deploy has stored, or says why it can't. */
final class StoredIndexTest {
  private static final String HASH = "0123456789abcdef0123";

  private final Path folder;
  private final Bucket bucket;
  private final StoredIndex stored;

  StoredIndexTest(@TempDir Path folder) {
    this.folder = folder;
    var pace = new VirtualPace();
    var simulation = new CloudSimulation(pace);
    MemoryHouse house = (MemoryHouse) simulation.objects();
    house.create("store");
    this.bucket = house.bucket("store").orElseThrow();
    Map<String, String> environment = Map.of("SLIPWAY_HOME", folder.toString());
    var nowhere = new PrintWriter(new StringWriter());
    this.stored =
        new StoredIndex(
            new Surroundings(
                new Console(nowhere, nowhere, environment, false),
                environment,
                Home.of(environment),
                new Distribution(Optional.empty()),
                SimulatedAdapters.of(new FakeCloud(simulation), pace)),
            Optional.empty());
  }

  private String address(String hash) {
    return "s3://store/index/default/" + hash + ".zip";
  }

  /** Stores an index of one passage, as a deploy does. */
  private byte[] store(VectorSpace space) throws IOException {
    Path index = folder.resolve("made");
    try (var store = new LuceneStore(index, space);
        var writer = store.write("docs")) {
      float[] vector = new float[space.dimensions()];
      vector[0] = 1;
      writer.put(
          new NewDocument(
              "a.md",
              "1",
              List.of(
                  new EmbeddedPassage(
                      new Passage("a.md#0", "docs", "a.md", "A", 0, "Some text.", Map.of()),
                      vector))));
      writer.commit();
    }
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (String file : IndexSnapshot.of(index).files()) {
        zip.putNextEntry(new ZipEntry(file));
        Files.copy(index.resolve(file), zip);
      }
    }
    bucket.put(key(hash()), bytes.toByteArray(), "application/zip");
    return bytes.toByteArray();
  }

  private String hash() {
    return IndexSnapshot.of(folder.resolve("made")).hash();
  }

  private static String key(String hash) {
    return "index/default/" + hash + ".zip";
  }

  private OperationFailed refused(String hash) {
    OperationFailed[] refused = new OperationFailed[1];
    assertThatThrownBy(() -> stored.fetch(address(hash), folder.resolve("state")))
        .isInstanceOfSatisfying(OperationFailed.class, failed -> refused[0] = failed);
    assertThat(refused[0]).hasMessageContaining(address(hash));
    assertThat(refused[0].next()).isNotEmpty();
    return refused[0];
  }

  @Test
  void aStoredIndexIsThereAndAgainInTheSameHome() throws IOException {
    store(VectorSpace.of(new HashingEmbedder()));

    Path first = stored.fetch(address(hash()), folder.resolve("state"));
    Path again = stored.fetch(address(hash()), folder.resolve("state"));

    assertThat(again).isEqualTo(first);
    assertThat(IndexSnapshot.of(first).hash()).isEqualTo(hash());
  }

  @Test
  void oneThatIsNotThereSaysThatADeployStoresIt() {
    OperationFailed refused = refused(HASH);

    assertThat(refused.code()).isEqualTo("index_gone");
    assertThat(refused.next()).contains("Deploy again");
  }

  @Test
  void aBrokenOneIsNotServed() throws IOException {
    byte[] whole = store(VectorSpace.of(new HashingEmbedder()));
    bucket.put(key(HASH), "no archive".getBytes(java.nio.charset.StandardCharsets.UTF_8), "a/zip");
    assertThat(refused(HASH).code()).isEqualTo("index_broken");

    bucket.put(key(hash()), Arrays.copyOf(whole, whole.length / 2), "application/zip");
    assertThat(refused(hash()).code()).isEqualTo("index_broken");
  }

  @Test
  void oneOfAnotherEmbedderIsRefusedAtTheStartAndNotAtTheFirstQuestion() throws IOException {
    store(new VectorSpace("another-model", 8));

    OperationFailed refused = refused(hash());

    assertThat(refused.code()).isEqualTo("index_embedder");
    assertThat(refused.why()).contains("another-model", new HashingEmbedder().name());
    assertThat(refused.next()).contains("slipway index", "deploy");
  }

  @Test
  void whatIsNoAddressOfAnIndexIsWrongUsage() {
    for (String wrong :
        List.of("index.zip", "s3://store/model.zip", "https://store/" + key(HASH), "s3://s/x/")) {
      assertThatThrownBy(() -> stored.fetch(wrong, folder)).isInstanceOf(UsageFailure.class);
    }
  }
}
