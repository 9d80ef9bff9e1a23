package dev.slipway.eval;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A question with what is expected of its answer.
 *
 * @param id names it in reports, and pairs it with the same question of another run
 * @param query what is asked
 * @param sources what should be retrieved; empty if nothing is expected of that
 * @param answer what should be said, in other words as well; absent if nothing is expected of that
 * @param phrases what the answer should hold, word for word
 * @param filter fields that passages must have, the collection among them
 * @param k how many passages to ask for; absent for the run's
 * @param tags what kinds of questions it belongs to
 */
public record EvalQuestion(
    String id,
    String query,
    List<Wanted> sources,
    Optional<String> answer,
    List<String> phrases,
    Map<String, String> filter,
    OptionalInt k,
    List<String> tags) {

  /** Copies the lists. */
  public EvalQuestion {
    sources = List.copyOf(sources);
    phrases = List.copyOf(phrases);
    filter = Map.copyOf(filter);
    tags = List.copyOf(tags);
  }

  /**
   * Something that should be retrieved.
   *
   * @param name a passage's id, a document's path or address, or the end of one from a slash on
   * @param grade how relevant it is, from 1
   */
  public record Wanted(String name, int grade) {
    boolean is(Respondent.Found found) {
      return found.id().equals(name)
          || found.source().equals(name)
          || found.source().endsWith("/" + name);
    }
  }
}
