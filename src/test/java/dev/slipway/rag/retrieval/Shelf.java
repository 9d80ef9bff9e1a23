package dev.slipway.rag.retrieval;

import dev.slipway.rag.Embedder;
import dev.slipway.rag.Passage;
import dev.slipway.rag.index.PassageStore;
import dev.slipway.rag.index.PassageWriter;
import dev.slipway.rag.index.PassageWriter.EmbeddedPassage;
import dev.slipway.rag.index.PassageWriter.NewDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Documents of one passage each, in three collections, as they are asked about in tests. */
public record Shelf(
    String collection, String source, String title, String text, Map<String, String> metadata) {

  /** What the tests ask about. */
  public static final List<Shelf> DOCUMENTS =
      List.of(
          post(
              "batching",
              "Ada Lovelace",
              "2024-03-01",
              "Continuous batching",
              "Continuous batching keeps a GPU busy: the server lets new requests join the running"
                  + " batch at every token."),
          post(
              "idle",
              "Alan Turing",
              "2023-06-11",
              "What my machines do while I sleep",
              "An endpoint that scales to zero instances has no running hardware while nobody asks,"
                  + " and wakes up within minutes."),
          post(
              "paper",
              "Alan Turing",
              "2024-05-06",
              "Tape and paper",
              "I still take notes on paper tape. It never needs an update."),
          post(
              "garden",
              "Grace Hopper",
              "2024-02-02",
              "A garden in winter",
              "Hedgehogs sleep under the leaves from November on."),
          article(
              "batching-again",
              "Ada Lovelace",
              "2024-03-09",
              "Continuous batching",
              "Continuous batching keeps a GPU busy: the server lets new requests join the running"
                  + " batch at each token."),
          article(
              "scheduling",
              "Alan Turing",
              "2024-04-01",
              "Static batches and waiting",
              "A server with static batches waits until a batch is full, or until a timer ends, and"
                  + " the GPU idles meanwhile."),
          article(
              "quantization",
              "Grace Hopper",
              "2023-09-30",
              "Quantized weights",
              "Weights of four bits need a quarter of the memory of sixteen, and lose little."),
          repository(
              "engine",
              "Grace Hopper",
              "2024-01-15",
              "engine",
              "A small inference server in C. Its scheduler joins requests to the batch of a GPU"
                  + " between two tokens: see scheduler.c."),
          repository(
              "notes",
              "Ada Lovelace",
              "2023-01-01",
              "notes",
              "Scripts that turn a folder of notes into a static site."));

  /** Copies the metadata. */
  public Shelf {
    metadata = Map.copyOf(metadata);
  }

  private static Shelf post(String id, String author, String date, String title, String text) {
    return of("posts", id, author, date, title, text);
  }

  private static Shelf article(String id, String author, String date, String title, String text) {
    return of("articles", id, author, date, title, text);
  }

  private static Shelf repository(
      String id, String author, String date, String title, String text) {
    return of("repositories", id, author, date, title, text);
  }

  private static Shelf of(
      String collection, String id, String author, String date, String title, String text) {
    // Two teams share the store: Grace Hopper's documents are the navy's.
    String tenant = author.equals("Grace Hopper") ? "navy" : "lab";
    return new Shelf(
        collection, id, title, text, Map.of("author", author, "date", date, "tenant", tenant));
  }

  private Passage passage() {
    return new Passage(collection + ":" + source, collection, source, title, 0, text, metadata);
  }

  /** Puts all documents into a store. */
  public static void fill(PassageStore store, Embedder embedder) {
    for (String collection : List.of("posts", "articles", "repositories")) {
      List<Passage> passages = new ArrayList<>();
      for (Shelf each : DOCUMENTS) {
        if (each.collection.equals(collection)) {
          passages.add(each.passage());
        }
      }
      List<float[]> vectors =
          embedder.embedPassages(passages.stream().map(p -> p.title() + "\n" + p.text()).toList());
      try (PassageWriter writer = store.write(collection)) {
        for (int i = 0; i < passages.size(); i++) {
          writer.put(
              new NewDocument(
                  passages.get(i).source(),
                  "v1",
                  List.of(new EmbeddedPassage(passages.get(i), vectors.get(i)))));
        }
        writer.commit();
      }
    }
  }
}
