package dev.slipway.store;

import dev.slipway.rag.Passage;
import dev.slipway.rag.index.PassageWriter.EmbeddedPassage;
import dev.slipway.rag.index.PassageWriter.NewDocument;
import dev.slipway.rag.index.PassageWriter.StoredDocument;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * Maps passages and documents to Lucene's documents and back.
 *
 * <p>A document becomes one Lucene document per passage and one record with its version; all of
 * them carry its key, by which they are replaced together.
 */
final class PassageFields {

  static final String COLLECTION = "collection";
  static final String FILTER = "filter";
  static final String TEXT_WORDS = "text_words";
  static final String TITLE_WORDS = "title_words";
  static final String VECTOR = "vector";
  static final String RECORD = "record";

  private static final String KEY = "key";
  private static final String ID = "id";
  private static final String SOURCE = "source";
  private static final String TITLE = "title";
  private static final String POSITION = "position";
  private static final String TEXT = "text";
  private static final String METADATA = "metadata";
  private static final String VERSION = "version";
  private static final String PASSAGES = "passages";

  /** Longer terms are hashed: Lucene refuses those over 32,766 bytes. */
  private static final int LONGEST_TERM = 1024;

  private PassageFields() {}

  /** Returns the term that all of a document's parts carry. */
  static Term key(String collection, String source) {
    return new Term(KEY, bounded(collection + '\0' + source));
  }

  /** Returns the term that a passage carries if one of its fields has the given value. */
  static Term filter(String field, String value) {
    return new Term(FILTER, bounded(field + '\0' + value));
  }

  /** Returns the term that the records of a collection's documents carry. */
  static Term record(String collection) {
    return new Term(RECORD, collection);
  }

  /** Makes the passages of a document and its record. */
  static List<Document> documents(String collection, NewDocument document) {
    Term key = key(collection, document.source());
    List<Document> documents = new ArrayList<>();
    for (EmbeddedPassage embedded : document.passages()) {
      Document passage = passage(embedded);
      passage.add(new StringField(KEY, key.bytes(), Field.Store.NO));
      documents.add(passage);
    }
    Document record = new Document();
    record.add(new StringField(KEY, key.bytes(), Field.Store.NO));
    record.add(new StringField(RECORD, collection, Field.Store.NO));
    record.add(new StoredField(SOURCE, document.source()));
    record.add(new StoredField(VERSION, document.version()));
    record.add(new StoredField(PASSAGES, document.passages().size()));
    documents.add(record);
    return documents;
  }

  private static Document passage(EmbeddedPassage embedded) {
    Passage passage = embedded.passage();
    Document document = new Document();
    document.add(new StringField(COLLECTION, passage.collection(), Field.Store.YES));
    document.add(new StoredField(ID, passage.id()));
    document.add(new StoredField(SOURCE, passage.source()));
    document.add(new StoredField(TITLE, passage.title()));
    document.add(new StoredField(POSITION, passage.position()));
    document.add(new StoredField(TEXT, passage.text()));
    document.add(new TextField(TEXT_WORDS, passage.text(), Field.Store.NO));
    document.add(new TextField(TITLE_WORDS, passage.title(), Field.Store.NO));
    document.add(
        new KnnFloatVectorField(
            VECTOR, UnitVector.of(embedded.vector()), VectorSimilarityFunction.DOT_PRODUCT));
    addFilter(document, SOURCE, passage.source());
    addFilter(document, TITLE, passage.title());
    passage
        .metadata()
        .forEach(
            (name, value) -> {
              document.add(new StoredField(METADATA, name + '\0' + value));
              if (!name.equals(SOURCE) && !name.equals(TITLE)) {
                addFilter(document, name, value);
              }
            });
    return document;
  }

  private static void addFilter(Document document, String field, String value) {
    document.add(new StringField(FILTER, filter(field, value).bytes(), Field.Store.NO));
  }

  /** Reads a passage back. */
  static Passage passage(Document document) {
    Map<String, String> metadata = new HashMap<>();
    for (String entry : document.getValues(METADATA)) {
      int end = entry.indexOf('\0');
      metadata.put(entry.substring(0, end), entry.substring(end + 1));
    }
    return new Passage(
        document.get(ID),
        document.get(COLLECTION),
        document.get(SOURCE),
        document.get(TITLE),
        document.getField(POSITION).numericValue().intValue(),
        document.get(TEXT),
        metadata);
  }

  /** Returns the source that a record is of. */
  static String source(Document record) {
    return record.get(SOURCE);
  }

  /** Reads a record back. */
  static StoredDocument stored(Document record) {
    return new StoredDocument(
        record.get(VERSION), record.getField(PASSAGES).numericValue().intValue());
  }

  private static String bounded(String term) {
    byte[] bytes = term.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= LONGEST_TERM) {
      return term;
    }
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "\0sha256\0" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has SHA-256", missing);
    }
  }
}
