package dev.slipway.standin.kernel;

import dev.slipway.deploy.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Knows what will happen when. Time passes by a clock, and by calls if each is worth some; what is
 * due happens in order, each thing at its own moment. Not thread-safe.
 */
public final class Agenda {
  private final Pace pace;
  private final PriorityQueue<Entry> entries =
      new PriorityQueue<>(Comparator.comparing(Entry::at).thenComparing(Entry::order));
  private Duration ahead = Duration.ZERO;
  private Duration perCall;
  private Instant present;
  private long order;

  private record Entry(Instant at, long order, Runnable happening) {}

  /**
   * Makes an empty agenda.
   *
   * @param pace the clock
   * @param perCall how much time each call takes beside it
   */
  public Agenda(Pace pace, Duration perCall) {
    this.pace = pace;
    this.perCall = perCall;
    this.present = pace.now();
  }

  /** Changes how much time each call takes. */
  public void perCall(Duration duration) {
    this.perCall = duration;
  }

  /** Returns the present moment: of the call, or of what is happening. */
  public Instant now() {
    return present;
  }

  /** Lets something happen so long from now. */
  public void after(Duration delay, Runnable happening) {
    entries.add(new Entry(present.plus(delay), order++, happening));
  }

  /** Begins a call: lets all happen that is due. */
  public void call() {
    ahead = ahead.plus(perCall);
    Instant until = pace.now().plus(ahead);
    while (!entries.isEmpty() && !entries.element().at().isAfter(until)) {
      Entry entry = entries.remove();
      present = entry.at();
      entry.happening().run();
    }
    present = until;
  }
}
