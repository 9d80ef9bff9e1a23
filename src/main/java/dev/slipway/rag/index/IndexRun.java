package dev.slipway.rag.index;

import dev.slipway.failure.Interrupted;
import dev.slipway.rag.Embedder;
import dev.slipway.rag.Passage;
import dev.slipway.rag.index.DocumentLoader.UnreadableDocument;
import dev.slipway.rag.index.PassageWriter.EmbeddedPassage;
import dev.slipway.rag.index.PassageWriter.NewDocument;
import dev.slipway.rag.index.PassageWriter.StoredDocument;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** One run over one collection: counts, embeds in batches, commits. */
final class IndexRun {

  /** Changes whenever a loader reads the same file otherwise, so that indexes follow. */
  private static final String LOADERS = "2";

  /** Passages per commit, so that a run that is stopped loses seconds of work at most. */
  private static final int BATCH = 64;

  /** Passages per call of the embedder, so that progress is seen and memory is bounded. */
  private static final int SLICE = 16;

  /** Fields that every passage has in another way. */
  private static final Set<String> RESERVED =
      Set.of("id", "collection", "source", "title", "position", "text");

  /** A longer value describes rather than selects, and would be stored with every passage. */
  private static final int LONGEST_METADATA = 500;

  /** What a run works with. */
  record Tools(Splitter splitter, Embedder embedder, DocumentLimits limits) {}

  /** A document whose passages are not embedded yet. */
  private record Pending(String source, String version, List<Passage> passages) {}

  private final Tools tools;
  private final PassageWriter writer;
  private final String collection;
  private final Map<String, StoredDocument> stored;
  private final Tally tally;
  private final Set<String> present = new HashSet<>();
  private final List<Pending> pending = new ArrayList<>();
  private int added;
  private int updated;
  private int deleted;
  private int embedded;
  private int done;
  private int total;

  IndexRun(
      Tools tools,
      PassageWriter writer,
      String collection,
      Map<String, StoredDocument> stored,
      Tally tally) {
    this.tools = tools;
    this.writer = writer;
    this.collection = collection;
    this.stored = stored;
    this.tally = tally;
  }

  /** Indexes the files that are new or have changed. */
  void update(SortedMap<String, Path> files, IndexProgress progress) {
    total = files.size();
    for (Map.Entry<String, Path> file : files.entrySet()) {
      stopIfInterrupted();
      update(file.getKey(), file.getValue());
      if (pending.stream().mapToInt(document -> document.passages().size()).sum() >= BATCH) {
        embedPending(progress);
      }
      done++;
      progress.step(new IndexProgress.Step(done, total, embedded, file.getKey()));
    }
    embedPending(progress);
  }

  /** Deletes the stored documents that were not found where they were looked for. */
  void deleteGone(Predicate<String> covered) {
    for (String source : stored.keySet()) {
      if (!present.contains(source) && covered.test(source)) {
        writer.delete(source);
        deleted++;
      }
    }
    writer.commit();
  }

  /** Returns the report; the collection is counted as it is now. */
  IndexReport report() {
    Map<String, StoredDocument> now = writer.documents();
    return new IndexReport(
        collection,
        now.size(),
        now.values().stream().mapToInt(StoredDocument::passages).sum(),
        added,
        updated,
        deleted,
        tally.skipped(),
        tally.problems(),
        tally.notes());
  }

  private void update(String source, Path file) {
    Format format = Format.of(source).orElseThrow();
    try {
      long limit = format.limit(tools.limits());
      byte[] content = read(file, limit);
      if (content.length > limit) {
        tally.skip("larger than " + readable(limit), source);
      } else if (format.isBinary(content)) {
        tally.skip("binary content", source);
      } else {
        update(source, format, content);
      }
    } catch (NoSuchFileException gone) {
      // Deleted since the walk: as if it had never been found.
      return;
    } catch (UnreadableDocument broken) {
      keep(source, String.valueOf(broken.getMessage()));
    } catch (IOException unreadable) {
      keep(source, "it can't be read (" + unreadable.getClass().getSimpleName() + ")");
    }
  }

  private void update(String source, Format format, byte[] content) throws UnreadableDocument {
    String version = version(content);
    StoredDocument before = stored.get(source);
    if (before != null && before.version().equals(version)) {
      present.add(source);
      return;
    }
    Document document = format.load(content);
    document.notes().forEach(note -> tally.note(source, note));
    List<Passage> passages = passages(source, document);
    if (passages.isEmpty()) {
      tally.skip("no text", source);
      return;
    }
    present.add(source);
    pending.add(new Pending(source, version, passages));
  }

  /** Reports a problem; what the store has of the document stays. */
  private void keep(String source, String problem) {
    tally.problem(source, problem);
    present.add(source);
  }

  private List<Passage> passages(String source, Document document) {
    String title = document.title().isBlank() ? nameAsTitle(source) : document.title();
    Map<String, String> metadata =
        document.metadata().entrySet().stream()
            .filter(field -> !RESERVED.contains(field.getKey()))
            .filter(field -> field.getValue().length() <= LONGEST_METADATA)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    Document titled = new Document(title, metadata, document.blocks(), document.notes());
    return tools.splitter().split(titled).stream()
        .map(
            chunk ->
                new Passage(
                    collection + ":" + source + "#" + chunk.position(),
                    collection,
                    source,
                    chunk.title(),
                    chunk.position(),
                    chunk.text(),
                    metadata))
        .toList();
  }

  private static String nameAsTitle(String source) {
    String name = source.substring(source.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    return (dot > 0 ? name.substring(0, dot) : name).replace('-', ' ').replace('_', ' ');
  }

  private void embedPending(IndexProgress progress) {
    for (Pending document : pending) {
      List<EmbeddedPassage> passages = new ArrayList<>();
      for (int from = 0; from < document.passages().size(); from += SLICE) {
        stopIfInterrupted();
        int to = Math.min(from + SLICE, document.passages().size());
        List<Passage> slice = document.passages().subList(from, to);
        List<float[]> vectors =
            tools.embedder().embedPassages(slice.stream().map(IndexRun::inContext).toList());
        for (int i = 0; i < slice.size(); i++) {
          passages.add(new EmbeddedPassage(slice.get(i), vectors.get(i)));
        }
        embedded += slice.size();
        progress.step(new IndexProgress.Step(done, total, embedded, document.source()));
      }
      writer.put(new NewDocument(document.source(), document.version(), passages));
      if (stored.containsKey(document.source())) {
        updated++;
      } else {
        added++;
      }
    }
    if (!pending.isEmpty()) {
      pending.clear();
      writer.commit();
    }
  }

  /** Returns what is embedded: a short passage says what it is about only under its headings. */
  private static String inContext(Passage passage) {
    return passage.title() + "\n" + passage.text();
  }

  private void stopIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new Interrupted(
          "Stopped indexing after " + done + " of " + total + " documents",
          "this process was told to stop.",
          "Run the same command again: it goes on where this one stopped.");
    }
  }

  private static byte[] read(Path file, long limit) throws IOException {
    try (InputStream content = Files.newInputStream(file)) {
      return content.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE - 8));
    }
  }

  private String version(byte[] content) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      String recipe = LOADERS + ' ' + tools.splitter().version() + ' ' + tools.embedder().name();
      hash.update(recipe.getBytes(StandardCharsets.UTF_8));
      hash.update((byte) 0);
      return HexFormat.of().formatHex(hash.digest(content));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has SHA-256", missing);
    }
  }

  private static String readable(long bytes) {
    return bytes >= 1 << 20 ? (bytes >> 20) + " MiB" : bytes + " bytes";
  }
}
