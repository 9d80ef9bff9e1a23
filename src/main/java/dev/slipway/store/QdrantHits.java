package dev.slipway.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.ReciprocalRankFusion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Fuses what several collections found into one list. First each way of searching is ranked over
 * all collections, by its own scores, then the two rankings are fused. Qdrant's own fusion works
 * within one collection: there the best of each would come out alike, however badly it fits.
 *
 * <p>For one thread.
 */
final class QdrantHits {

  /** How deep each ranking goes at least: what both have in their first 50 can become first. */
  private static final int DEPTH = 50;

  private final int depth;
  private final List<Candidate> candidates = new ArrayList<>();
  private final Map<String, Integer> places = new HashMap<>();
  private final Map<String, Long> newest = new HashMap<>();
  private final List<Scored> byMeaning = new ArrayList<>();
  private final List<Scored> byWords = new ArrayList<>();

  /**
   * What one collection found, best first.
   *
   * @param meaning the points nearest in meaning
   * @param words the points with the same words; missing if the question has none
   */
  record Found(String collection, JsonNode meaning, JsonNode words) {
    static Found nothing(String collection) {
      JsonNode missing = QdrantClient.JSON.missingNode();
      return new Found(collection, missing, missing);
    }

    boolean isEmpty() {
      return meaning.isEmpty() && words.isEmpty();
    }
  }

  private record Candidate(String collection, JsonNode payload) {
    /** Names the document that this is a passage of. */
    String document() {
      return collection + '\0' + payload.path(QdrantPoints.SOURCE).asText();
    }

    long generation() {
      return payload.path(QdrantPoints.GENERATION).asLong();
    }
  }

  private record Scored(int candidate, double score) {}

  QdrantHits(int depth) {
    this.depth = depth;
  }

  /** Returns how many of each ranking are needed for the best k. */
  static int depth(int k) {
    return Math.max(k, DEPTH);
  }

  /** Adds what one collection found. */
  void add(Found found) {
    add(found.collection(), found.meaning(), byMeaning);
    add(found.collection(), found.words(), byWords);
  }

  private void add(String collection, JsonNode points, List<Scored> ranking) {
    for (JsonNode point : points) {
      String id = collection + '\0' + point.path("id").asText();
      Candidate candidate = new Candidate(collection, point.path("payload"));
      int place =
          places.computeIfAbsent(
              id,
              _ -> {
                candidates.add(candidate);
                return candidates.size() - 1;
              });
      newest.merge(candidate.document(), candidate.generation(), Math::max);
      ranking.add(new Scored(place, point.path("score").asDouble()));
    }
  }

  /** Returns the best k, best first. */
  List<Hit> best(int k) {
    return ReciprocalRankFusion.fuse(List.of(ranked(byMeaning), ranked(byWords))).stream()
        .limit(k)
        .map(ranked -> hit(candidates.get(ranked.id()), ranked.score()))
        .toList();
  }

  private List<Integer> ranked(List<Scored> found) {
    return found.stream()
        .filter(scored -> isNewest(candidates.get(scored.candidate())))
        .sorted(Comparator.comparingDouble(Scored::score).reversed())
        .map(Scored::candidate)
        .limit(depth)
        .toList();
  }

  /** During a commit both states of a document can be seen: one answer never mixes them. */
  private boolean isNewest(Candidate candidate) {
    return candidate.generation()
        >= newest.getOrDefault(candidate.document(), candidate.generation());
  }

  private static Hit hit(Candidate candidate, double score) {
    return new Hit(QdrantPoints.passage(candidate.collection(), candidate.payload()), score);
  }
}
