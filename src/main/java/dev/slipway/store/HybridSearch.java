package dev.slipway.store;

import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.PassageSearch.Query;
import dev.slipway.rag.ReciprocalRankFusion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;

/**
 * Searches one state of an index by meaning (nearest vectors) and by words (BM25), each under the
 * same filter, and fuses the two rankings.
 */
final class HybridSearch {

  /** How deep each ranking goes at least: what both have in their first 50 can become first. */
  private static final int DEPTH = 50;

  /** More distinct words than any question needs; Lucene's own limit is 1,024 clauses. */
  private static final int MOST_WORDS = 200;

  /** A word in a heading above says as much as one in the passage: measured with 0.5, 1 and 2. */
  private static final float TITLE_WEIGHT = 1.0f;

  private final Analyzer analyzer;

  HybridSearch(Analyzer analyzer) {
    this.analyzer = analyzer;
  }

  /** Returns the best hits, best first. */
  List<Hit> search(IndexReader reader, Query query) throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    int depth = Math.min(Math.max(query.k(), DEPTH), Math.max(1, reader.maxDoc()));
    Optional<org.apache.lucene.search.Query> filter =
        excludesNothing(reader, query)
            ? Optional.empty()
            : Optional.of(filter(query.collections(), query.filter(), query.anyOf()));
    List<List<Integer>> rankings =
        List.of(byMeaning(searcher, query, filter, depth), byWords(searcher, query, filter, depth));
    StoredFields stored = searcher.storedFields();
    List<Hit> hits = new ArrayList<>();
    for (ReciprocalRankFusion.Ranked<Integer> ranked : ReciprocalRankFusion.fuse(rankings)) {
      if (hits.size() == query.k()) {
        break;
      }
      hits.add(new Hit(PassageFields.passage(stored.document(ranked.id())), ranked.score()));
    }
    return hits;
  }

  /** Returns which values a field has among the passages that suit the filter, in their order. */
  static List<String> values(
      IndexReader reader,
      List<String> collections,
      String field,
      Map<String, String> filter,
      int limit)
      throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    org.apache.lucene.search.Query among = filter(collections, filter, Map.of());
    BytesRef prefix = PassageFields.filter(field, "").bytes();
    Terms terms = MultiTerms.getTerms(reader, PassageFields.FILTER);
    List<String> values = new ArrayList<>();
    if (terms == null) {
      return values;
    }
    TermsEnum each = terms.iterator();
    if (each.seekCeil(prefix) == TermsEnum.SeekStatus.END) {
      return values;
    }
    for (BytesRef term = each.term();
        term != null && values.size() < limit && StringHelper.startsWith(term, prefix);
        term = each.next()) {
      BytesRef found = BytesRef.deepCopyOf(term);
      BooleanQuery has =
          new BooleanQuery.Builder()
              .add(among, Occur.FILTER)
              .add(new TermQuery(new Term(PassageFields.FILTER, found)), Occur.FILTER)
              .build();
      // Terms of deleted passages stay in the index until its segments are merged.
      if (searcher.search(has, 1).scoreDocs.length > 0) {
        values.add(
            new BytesRef(found.bytes, found.offset + prefix.length, found.length - prefix.length)
                .utf8ToString());
      }
    }
    return values;
  }

  /**
   * Returns whether all passages suit the query's filter, by the counts that the index keeps.
   * Lucene would mark each one that suits, for each search anew, which at 100,000 takes longer than
   * to find the nearest.
   */
  private static boolean excludesNothing(IndexReader reader, Query query) throws IOException {
    if (!query.filter().isEmpty() || !query.anyOf().isEmpty()) {
      return false;
    }
    int within = 0;
    for (String collection : Set.copyOf(query.collections())) {
      within += reader.docFreq(new Term(PassageFields.COLLECTION, collection));
    }
    return within == reader.getDocCount(PassageFields.COLLECTION);
  }

  private static org.apache.lucene.search.Query filter(
      List<String> within, Map<String, String> equal, Map<String, Set<String>> anyOf) {
    BooleanQuery.Builder filter = new BooleanQuery.Builder();
    List<BytesRef> collections = within.stream().map(BytesRef::new).toList();
    filter.add(new TermInSetQuery(PassageFields.COLLECTION, collections), Occur.FILTER);
    equal.forEach(
        (field, value) ->
            filter.add(new TermQuery(PassageFields.filter(field, value)), Occur.FILTER));
    anyOf.forEach(
        (field, values) -> {
          List<BytesRef> terms =
              values.stream().map(value -> PassageFields.filter(field, value).bytes()).toList();
          filter.add(new TermInSetQuery(PassageFields.FILTER, terms), Occur.FILTER);
        });
    return filter.build();
  }

  private static List<Integer> byMeaning(
      IndexSearcher searcher,
      Query query,
      Optional<org.apache.lucene.search.Query> filter,
      int depth)
      throws IOException {
    float[] vector = UnitVector.of(query.embedding());
    return ids(
        searcher.search(
            filter
                .map(it -> new KnnFloatVectorQuery(PassageFields.VECTOR, vector, depth, it))
                .orElseGet(() -> new KnnFloatVectorQuery(PassageFields.VECTOR, vector, depth)),
            depth));
  }

  private List<Integer> byWords(
      IndexSearcher searcher,
      Query query,
      Optional<org.apache.lucene.search.Query> filter,
      int depth)
      throws IOException {
    Set<String> words = words(query.text());
    if (words.isEmpty()) {
      return List.of();
    }
    BooleanQuery.Builder any = new BooleanQuery.Builder();
    for (String word : words) {
      any.add(new TermQuery(new Term(PassageFields.TEXT_WORDS, word)), Occur.SHOULD);
      any.add(
          new BoostQuery(new TermQuery(new Term(PassageFields.TITLE_WORDS, word)), TITLE_WEIGHT),
          Occur.SHOULD);
    }
    BooleanQuery.Builder filtered = new BooleanQuery.Builder().add(any.build(), Occur.MUST);
    filter.ifPresent(it -> filtered.add(it, Occur.FILTER));
    return ids(searcher.search(filtered.build(), depth));
  }

  /** Takes a question apart into words, as passages are; nothing in it is query syntax. */
  private Set<String> words(String text) throws IOException {
    Set<String> words = new LinkedHashSet<>();
    try (TokenStream tokens = analyzer.tokenStream(PassageFields.TEXT_WORDS, text)) {
      CharTermAttribute word = tokens.addAttribute(CharTermAttribute.class);
      tokens.reset();
      while (words.size() < MOST_WORDS && tokens.incrementToken()) {
        words.add(word.toString());
      }
    }
    return words;
  }

  private static List<Integer> ids(TopDocs found) {
    List<Integer> ids = new ArrayList<>();
    for (ScoreDoc hit : found.scoreDocs) {
      ids.add(hit.doc);
    }
    return ids;
  }
}
