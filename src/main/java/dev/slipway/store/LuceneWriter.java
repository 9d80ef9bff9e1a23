package dev.slipway.store;

import dev.slipway.rag.index.PassageWriter;
import dev.slipway.rag.index.VectorSpace;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.Directory;

/** Writes one collection of an index; holds the index's lock until it is closed. */
final class LuceneWriter implements PassageWriter {

  /** Which part of the documents may lie outside of the largest segment; so few always may. */
  private static final double MOST_SCATTERED = 0.1;

  private static final int FEW = 1_000;

  private final String collection;
  private final VectorSpace space;
  private final IndexTrouble trouble;
  private final Directory directory;
  private final IndexWriter writer;
  private boolean changed;
  private boolean open = true;

  private LuceneWriter(
      String collection,
      VectorSpace space,
      IndexTrouble trouble,
      Directory directory,
      IndexWriter writer) {
    this.collection = collection;
    this.space = space;
    this.trouble = trouble;
    this.directory = directory;
    this.writer = writer;
  }

  /** Takes the index's lock; the directory is closed with the writer, or here if it can't be. */
  static LuceneWriter open(
      Directory directory,
      String collection,
      VectorSpace space,
      Analyzer analyzer,
      IndexTrouble trouble)
      throws IOException {
    IndexWriter writer = null;
    try {
      boolean isNew = !DirectoryReader.indexExists(directory);
      writer =
          new IndexWriter(
              directory,
              new IndexWriterConfig(analyzer)
                  .setOpenMode(IndexWriterConfig.OpenMode.CREATE_OR_APPEND));
      if (writer.getLiveCommitData() == null) {
        isNew = true;
      }
      if (isNew) {
        writer.setLiveCommitData(IndexIdentity.create(space).entrySet());
      } else {
        IndexIdentity.check(identity(writer), space, trouble);
      }
      return new LuceneWriter(collection, space, trouble, directory, writer);
    } catch (IOException | RuntimeException failed) {
      if (writer != null) {
        writer.rollback();
      }
      directory.close();
      throw failed;
    }
  }

  private static Map<String, String> identity(IndexWriter writer) {
    Map<String, String> data = new HashMap<>();
    writer.getLiveCommitData().forEach(entry -> data.put(entry.getKey(), entry.getValue()));
    return data;
  }

  @Override
  public Map<String, StoredDocument> documents() {
    try {
      if (!DirectoryReader.indexExists(directory)) {
        return Map.of();
      }
      Map<String, StoredDocument> documents = new HashMap<>();
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        StoredFields stored = searcher.storedFields();
        for (ScoreDoc hit :
            searcher.search(
                    new TermQuery(PassageFields.record(collection)), Math.max(1, reader.maxDoc()))
                .scoreDocs) {
          org.apache.lucene.document.Document record = stored.document(hit.doc);
          documents.put(PassageFields.source(record), PassageFields.stored(record));
        }
      }
      return documents;
    } catch (IOException failed) {
      throw trouble.of(failed);
    }
  }

  @Override
  public void put(NewDocument document) {
    check(document);
    try {
      changed = true;
      writer.updateDocuments(
          PassageFields.key(collection, document.source()),
          PassageFields.documents(collection, document));
    } catch (IOException failed) {
      throw trouble.of(failed);
    }
  }

  private void check(NewDocument document) {
    for (EmbeddedPassage embedded : document.passages()) {
      if (!embedded.passage().collection().equals(collection)
          || !embedded.passage().source().equals(document.source())) {
        throw new IllegalArgumentException(
            "passage " + embedded.passage().id() + " belongs to another collection or document");
      }
      if (embedded.vector().length != space.dimensions()) {
        throw new IllegalArgumentException(
            "vector: must have "
                + space.dimensions()
                + " dimensions, has "
                + embedded.vector().length);
      }
    }
  }

  @Override
  public void delete(String source) {
    try {
      changed = true;
      writer.deleteDocuments(PassageFields.key(collection, source));
    } catch (IOException failed) {
      throw trouble.of(failed);
    }
  }

  @Override
  public void commit() {
    try {
      writer.commit();
      changed = false;
    } catch (IOException failed) {
      throw trouble.of(failed);
    }
  }

  private void finish() throws IOException {
    try {
      gather();
    } catch (IOException | RuntimeException failed) {
      // All is committed: what is rolled back is the attempt to lay it out better.
      writer.rollback();
      throw failed;
    }
    // Waits for merges that the last commits started, so that their work is kept.
    writer.close();
  }

  /**
   * Makes one segment of many, since each has a graph of its own that every search walks: nine of
   * them take ten times as long as one. A few new documents beside a large segment are left as they
   * are, so that each run costs about what it adds.
   */
  private void gather() throws IOException {
    int largest = 0;
    int all = 0;
    try (DirectoryReader reader = DirectoryReader.open(writer)) {
      for (LeafReaderContext segment : reader.leaves()) {
        largest = Math.max(largest, segment.reader().numDocs());
        all += segment.reader().numDocs();
      }
    }
    if (all - largest > Math.max(FEW, all * MOST_SCATTERED)) {
      writer.forceMerge(1);
      writer.commit();
    }
  }

  @Override
  public void close() {
    if (!open) {
      return;
    }
    open = false;
    try (directory) {
      if (changed) {
        writer.rollback();
      } else {
        finish();
      }
    } catch (IOException failed) {
      throw trouble.of(failed);
    }
  }
}
