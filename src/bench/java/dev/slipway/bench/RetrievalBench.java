package dev.slipway.bench;

import dev.slipway.rag.Passage;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.PassageSearch.Query;
import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.PassageStore;
import dev.slipway.rag.index.PassageWriter;
import dev.slipway.rag.index.VectorSpace;
import dev.slipway.store.PassageStores;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures searches of the embedded index, one after the other, beside hnswlib at the least effort
 * that finds as much as is promised. Nearest vectors are compared; what words, filter and fusion
 * add to that is shown.
 */
final class RetrievalBench {
  private static final int DIMENSIONS = 384;
  private static final double REACH = 0.95;
  private static final int VOCABULARY = 20_000;
  private static final String COLLECTION = "bench";

  private final Neighbours neighbours;
  private final List<Double> theirs = new ArrayList<>();
  private final List<Double> nearest = new ArrayList<>();
  private final List<Double> hybrid = new ArrayList<>();

  private RetrievalBench(Neighbours neighbours) {
    this.neighbours = neighbours;
  }

  /** Runs it: passages, queries, rounds, JSON file. */
  public static void main(String... arguments) throws IOException {
    int rounds = Integer.parseInt(arguments[2]);
    Path folder = Files.createTempDirectory("slipway-bench");
    String load = Drive.machineLoad();
    try {
      var bench =
          new RetrievalBench(
              Neighbours.make(
                  Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), DIMENSIONS));
      bench.run(folder, rounds, Path.of(arguments[3]), load);
    } finally {
      Drive.delete(folder);
    }
  }

  private void run(Path folder, int rounds, Path json, String load) throws IOException {
    neighbours.write(folder);
    try (PassageStore store =
        PassageStores.open(
            new PassagePlace.Folder(folder.resolve("index")),
            new VectorSpace("bench", DIMENSIONS))) {
      double built = fill(store);
      Process peer = peer(folder);
      try (BufferedReader said = peer.inputReader();
          Writer asked = peer.outputWriter()) {
        String[] ready = said.readLine().split(" ");
        pass(store, true); // warms up
        pass(store, false);
        for (int round = 0; round < rounds; round++) {
          asked.write("\n");
          asked.flush();
          theirs.add(Double.parseDouble(said.readLine()));
          nearest.add(pass(store, false));
          hybrid.add(pass(store, true));
        }
        report(ready, built, recall(store), json, load);
      } finally {
        peer.destroy();
      }
    }
  }

  private static Process peer(Path folder) throws IOException {
    return new ProcessBuilder(
            "/usr/bin/python3",
            System.getProperty("slipway.bench") + "/hnswlib_peer.py",
            folder.toString(),
            Integer.toString(DIMENSIONS),
            Double.toString(REACH))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Indexes everything as {@code slipway index} does, and returns the seconds that it took. */
  private double fill(PassageStore store) {
    long began = System.nanoTime();
    Random random = new Random(2);
    try (PassageWriter writer = store.write(COLLECTION)) {
      for (int i = 0; i < neighbours.base().length; i++) {
        String source = "document-" + i + ".md";
        Passage passage =
            new Passage(
                Integer.toString(i), COLLECTION, source, "", 0, words(random, 60), Map.of());
        writer.put(
            new PassageWriter.NewDocument(
                source,
                "1",
                List.of(new PassageWriter.EmbeddedPassage(passage, neighbours.base()[i]))));
      }
      writer.commit();
    }
    return (System.nanoTime() - began) / 1e9;
  }

  /** Returns words of which, as in text, a few are frequent and most are rare. */
  private static String words(Random random, int count) {
    return random
        .doubles(count)
        .mapToObj(value -> "w" + (int) Math.pow(VOCABULARY, value))
        .collect(Collectors.joining(" "));
  }

  /** Asks everything once, and returns the queries per second. */
  private double pass(PassageStore store, boolean byWordsToo) {
    Random random = new Random(3);
    List<String> texts =
        IntStream.range(0, neighbours.queries().length)
            .mapToObj(_ -> byWordsToo ? words(random, 8) : "")
            .toList();
    long began = System.nanoTime();
    for (int i = 0; i < texts.size(); i++) {
      search(store, i, texts.get(i));
    }
    return texts.size() * 1e9 / (System.nanoTime() - began);
  }

  private double recall(PassageStore store) {
    double sum = 0;
    for (int i = 0; i < neighbours.queries().length; i++) {
      Set<Integer> found =
          search(store, i, "").stream()
              .map(hit -> Integer.valueOf(hit.passage().id()))
              .collect(Collectors.toSet());
      sum += neighbours.recall(i, found);
    }
    return sum / neighbours.queries().length;
  }

  private List<Hit> search(PassageStore store, int query, String text) {
    return store.search(
        new Query(
            text, neighbours.queries()[query], List.of(COLLECTION), Map.of(), Neighbours.NEAREST));
  }

  private void report(String[] ready, double built, double recall, Path json, String load)
      throws IOException {
    double ratio = Drive.median(nearest) / Drive.median(theirs);
    Drive.row("searches, one thread", "hnswlib, ef " + ready[1], "slipway", "with words");
    Drive.row("per second", Drive.spread(theirs), Drive.spread(nearest), Drive.spread(hybrid));
    Drive.row("recall@10", Drive.number(Double.parseDouble(ready[2])), Drive.number(recall), "");
    Drive.row("made in seconds", Drive.number(Double.parseDouble(ready[3])), Drive.number(built));
    Drive.row("ratio of the medians", "", Drive.number(ratio));
    Drive.row("load of the machine", load);
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("passages", neighbours.base().length);
    document.put("hnswlib_per_second", theirs);
    document.put("nearest_per_second", nearest);
    document.put("hybrid_per_second", hybrid);
    document.put("hnswlib_ef", Integer.parseInt(ready[1]));
    document.put("hnswlib_recall", Double.parseDouble(ready[2]));
    document.put("recall", recall);
    document.put("ratio", ratio);
    document.put("load", load);
    Drive.write(json, document);
  }
}
