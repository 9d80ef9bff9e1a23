package dev.slipway.rag.retrieval;

import dev.slipway.failure.Interrupted;
import dev.slipway.rag.Embedder;
import dev.slipway.rag.Passage;
import dev.slipway.rag.PassageSearch.Hit;
import dev.slipway.rag.Reranker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses passages that suit the question and say different things: each next one has the best
 * {@code 0.5 * (its similarity to the question) - 0.5 * (its similarity to the nearest one
 * chosen)}, by the cosines of the embedder's vectors.
 *
 * <p>From Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking", SIGIR 1998.
 */
public final class MaximalMarginalRelevance implements Reranker {
  /** Even: an unrelated passage must be able to pass a copy of one that is there already. */
  private static final double RELEVANCE = 0.5;

  /** Of bge-small's vectors 3 MB: what is asked for often is embedded once. */
  private static final int REMEMBERED = 2000;

  private final Embedder embedder;
  private final Map<String, float[]> remembered =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, float[]> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Makes one over an embedder, which stays the caller's. */
  public MaximalMarginalRelevance(Embedder embedder) {
    this.embedder = embedder;
  }

  @Override
  public List<Hit> rerank(String question, List<Hit> candidates, int k) {
    if (candidates.isEmpty() || k < 1) {
      return List.of();
    }
    float[] asked = embedder.embedQuestion(question);
    List<float[]> vectors = candidates.stream().map(hit -> vector(hit.passage())).toList();
    double[] relevance = vectors.stream().mapToDouble(vector -> cosine(asked, vector)).toArray();
    double[] nearest = new double[candidates.size()];
    boolean[] taken = new boolean[candidates.size()];
    List<Hit> chosen = new ArrayList<>();
    while (chosen.size() < Math.min(k, candidates.size())) {
      int best = -1;
      double bestScore = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < taken.length; i++) {
        double score = RELEVANCE * relevance[i] - (1 - RELEVANCE) * nearest[i];
        if (!taken[i] && score > bestScore) {
          best = i;
          bestScore = score;
        }
      }
      taken[best] = true;
      chosen.add(new Hit(candidates.get(best).passage(), bestScore));
      for (int i = 0; i < taken.length; i++) {
        nearest[i] = Math.max(nearest[i], cosine(vectors.get(best), vectors.get(i)));
      }
    }
    return List.copyOf(chosen);
  }

  private float[] vector(Passage passage) {
    if (Thread.currentThread().isInterrupted()) {
      throw new Interrupted(
          "Stopped reranking", "its time is over, or the service is stopping.", "Ask again.");
    }
    // As passages are embedded for the index.
    String text = passage.title() + "\n" + passage.text();
    synchronized (remembered) {
      float[] known = remembered.get(text);
      if (known != null) {
        return known;
      }
    }
    float[] vector = embedder.embedPassages(List.of(text)).getFirst();
    synchronized (remembered) {
      remembered.put(text, vector);
    }
    return vector;
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double left = 0;
    double right = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      left += (double) a[i] * a[i];
      right += (double) b[i] * b[i];
    }
    return left == 0 || right == 0 ? 0 : product / Math.sqrt(left * right);
  }
}
