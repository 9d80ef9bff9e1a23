package dev.slipway.bench;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts what became of a load's requests. Thread-safe. */
final class Tally {
  private final long counting;
  private final Optional<Objectives> objectives;
  private final Map<Sample.End, Long> ends = new TreeMap<>();
  private final Map<String, Long> notes = new TreeMap<>();
  private final Times firstToken = new Times();
  private final Times perToken = new Times();
  private final Times gaps = new Times();
  private final Times whole = new Times();
  private final Times refusals = new Times();
  private long next;
  private long tokens;
  private long good;
  private long unreached;
  private long end;

  /**
   * Makes an empty one.
   *
   * @param counting from when on requests count, by {@link System#nanoTime}; those due earlier warm
   *     up
   */
  Tally(long counting, Optional<Objectives> objectives) {
    this.counting = counting;
    this.objectives = objectives;
    this.end = counting;
  }

  /** Returns which of so many questions is next. */
  synchronized int begins(int questions) {
    return (int) (next++ % questions);
  }

  synchronized void ends(long due, Sample sample) {
    if (due - counting < 0) {
      return;
    }
    long ended = due + sample.whole().toNanos();
    if (ended - end > 0) {
      end = ended;
    }
    ends.merge(sample.end(), 1L, Long::sum);
    notes.merge(sample.note(), 1L, Long::sum);
    switch (sample.end()) {
      case SUCCESSFUL -> {
        whole.add(sample.whole());
        sample.firstToken().ifPresent(firstToken::add);
        sample.perToken().ifPresent(perToken::add);
        sample.gaps().forEach(gaps::add);
        tokens += sample.tokens();
        if (objectives.filter(o -> o.kept(sample)).isPresent()) {
          good++;
        }
      }
      case REFUSED -> refusals.add(sample.whole());
      case INCOMPLETE, FAILED -> {} // their times say nothing
    }
  }

  /** Hears, beside its end, that a request had no connection. */
  synchronized void unreached(long due) {
    if (due - counting >= 0) {
      unreached++;
    }
  }

  synchronized LoadReport report() {
    long refused = count(Sample.End.REFUSED);
    return new LoadReport(
        Duration.ofNanos(Math.max(1, end - counting)),
        count(Sample.End.SUCCESSFUL),
        count(Sample.End.INCOMPLETE),
        count(Sample.End.FAILED) + refused,
        refused,
        unreached,
        Map.copyOf(notes),
        tokens,
        objectives.isPresent() ? Optional.of(good) : Optional.empty(),
        firstToken.summary(),
        perToken.summary(),
        gaps.summary(),
        whole.summary(),
        refusals.summary());
  }

  private long count(Sample.End which) {
    return ends.getOrDefault(which, 0L);
  }
}
