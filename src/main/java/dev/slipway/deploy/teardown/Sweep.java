package dev.slipway.deploy.teardown;

import dev.slipway.deploy.DeployEvent;
import dev.slipway.deploy.Pace;
import dev.slipway.failure.CloudFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Removes whatever a survey finds, in order, and surveys again, until it finds nothing: that last
 * look is the proof. What can't be removed is set aside, so that it keeps nothing else from going.
 */
final class Sweep {
  private final Remover remover;
  private final Pace pace;
  private final Patience patience;
  private final Consumer<DeployEvent> onlooker;
  private final String region;
  private final List<Removal.Deleted> deleted = new ArrayList<>();
  private final Map<String, String> refused = new HashMap<>();
  private final Map<String, String> told = new HashMap<>();

  Sweep(
      Remover remover,
      Pace pace,
      Patience patience,
      Consumer<DeployEvent> onlooker,
      String region) {
    this.remover = remover;
    this.pace = pace;
    this.patience = patience;
    this.onlooker = onlooker;
    this.region = region;
  }

  /** Returns what went so far. */
  List<Removal.Deleted> deleted() {
    return List.copyOf(deleted);
  }

  /**
   * Removes until nothing is found.
   *
   * @param only which of what is found; the rest is as if it weren't there
   * @return what can't be removed, or not in time
   */
  List<Removal.Left> until(Supplier<List<Doomed>> survey, Predicate<Doomed> only) {
    List<Doomed> before = List.of();
    Map<Sort, Instant> since = new HashMap<>();
    while (true) {
      List<Doomed> found = survey.get().stream().filter(only).toList();
      note(before, found);
      List<Doomed> movable = found.stream().filter(t -> !refused.containsKey(key(t))).toList();
      if (movable.isEmpty()) {
        return left(found, since);
      }
      Sort next = movable.getFirst().sort();
      Instant begun = since.computeIfAbsent(next, _ -> pace.now());
      if (begun.plus(patience.of(next)).isBefore(pace.now())) {
        return left(found, since);
      }
      boolean waits = false;
      for (Doomed thing : movable) {
        if (thing.sort() == next) {
          waits |= !begin(thing);
        }
      }
      // What was asked to go the last time and is there still needs time, not another request.
      if (waits || same(before, found)) {
        pace.pause(patience.look());
      }
      before = found;
    }
  }

  private boolean begin(Doomed thing) {
    if (Remover.mustWait(thing)) {
      tell(thing, thing.detail());
      return false;
    }
    try {
      remover.remove(thing);
      return true;
    } catch (CloudFailure failure) {
      switch (failure.kind()) {
        case CREDENTIALS, UNREACHABLE -> throw failure;
        case THROTTLED, CONFLICT, INTERNAL, NOT_FOUND -> {
          tell(thing, failure.why());
          return false;
        }
        case DENIED, QUOTA, INVALID -> {
          refused.put(key(thing), failure.why());
          onlooker.accept(
              new DeployEvent.Note(
                  "cannot remove " + thing.title() + ": " + failure.why(), /* warning= */ true));
          return true;
        }
      }
    }
    throw new IllegalStateException("every kind is dealt with");
  }

  private void tell(Doomed thing, String state) {
    if (!state.equals(told.put(key(thing), state))) {
      onlooker.accept(
          new DeployEvent.Note(
              thing.title() + " can't go yet (" + state + "): waiting", /* warning= */ false));
    }
  }

  private void note(List<Doomed> before, List<Doomed> found) {
    for (Doomed was : before) {
      if (found.stream().noneMatch(was::same)) {
        deleted.add(was.deleted());
      }
    }
  }

  private List<Removal.Left> left(List<Doomed> found, Map<Sort, Instant> since) {
    return found.stream()
        .map(thing -> thing.left(refused.getOrDefault(key(thing), late(thing, since)), region))
        .toList();
  }

  private String late(Doomed thing, Map<Sort, Instant> since) {
    String state = thing.detail().isEmpty() ? "" : " (" + thing.detail() + ")";
    return since.containsKey(thing.sort())
        ? "it was still there after " + patience.of(thing.sort()).toMinutes() + " min" + state
        : "it can only go after what is named before it";
  }

  private static boolean same(List<Doomed> before, List<Doomed> found) {
    return before.size() == found.size()
        && before.stream().allMatch(was -> found.stream().anyMatch(was::same));
  }

  private static String key(Doomed thing) {
    return thing.sort() + " " + thing.title();
  }
}
