package dev.slipway.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiPredicate;

/**
 * A load: what is asked of whom, how often and for how long.
 *
 * @param address where to ask
 * @param headers sent with each request; may hold a key, so it is never shown
 * @param bodies what is asked, in turn
 * @param pace when
 * @param requests how many are asked after the warm-up; absent to ask until the time is over
 * @param time how long is asked after the warm-up
 * @param warmUp how long is asked before anything is counted
 * @param patience how long one answer may take
 * @param objectives what makes an answer a good one
 * @param right whether a text answers the question of that number in {@code bodies}; one that does
 *     not counts as failed
 */
public record Load(
    Address address,
    Map<String, String> headers,
    List<byte[]> bodies,
    Pace pace,
    OptionalLong requests,
    Duration time,
    Duration warmUp,
    Duration patience,
    Optional<Objectives> objectives,
    BiPredicate<Integer, String> right) {
  /** Copies the collections, and checks that there is something to ask. */
  public Load {
    headers = Map.copyOf(headers);
    bodies = List.copyOf(bodies);
    if (bodies.isEmpty()) {
      throw new IllegalArgumentException("a load needs a question");
    }
  }

  @Override
  public String toString() {
    return "Load[" + address + ", " + pace + "]";
  }
}
