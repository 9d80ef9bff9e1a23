package dev.slipway.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a caller may do. */
public enum Scope {
  /** Put questions to the model, and list its names. */
  ASK,
  /** Read what prompt monitoring keeps, of every caller. */
  TRACES,
  /** Read the metrics from another machine, and do all that the others may. */
  ADMIN;

  /** Returns the scope as keys and tokens name it: {@code ask}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the scope of a word, absent if there is none. */
  public static Optional<Scope> of(String word) {
    return Arrays.stream(values()).filter(scope -> scope.word().equals(word)).findFirst();
  }

  /** Returns whether one of the scopes granted covers this one. */
  public boolean within(Set<Scope> granted) {
    return granted.contains(this) || granted.contains(ADMIN);
  }
}
