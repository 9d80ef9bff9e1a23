package dev.slipway.rag;

import dev.slipway.endpoint.Deadline;
import dev.slipway.rag.PassageSearch.Hit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the passages that a question is answered from. Thread-safe. */
public interface Retriever {

  /**
   * What is wanted.
   *
   * @param question in the user's words
   * @param collections where to look
   * @param filter fields that must be equal: {@code source}, {@code title}, or a metadata key
   * @param tenant whose passages may be seen; absent where the caller has none
   * @param k at most so many
   * @param deadline until when an answer is of use
   */
  record Request(
      String question,
      List<String> collections,
      Map<String, String> filter,
      Optional<String> tenant,
      int k,
      Deadline deadline) {
    /** Copies the collections. */
    public Request {
      collections = List.copyOf(collections);
      filter = Map.copyOf(filter);
    }
  }

  /**
   * Returns the best passages, best first.
   *
   * @param steps hears of each step
   */
  List<Hit> retrieve(Request request, Steps steps);
}
