package dev.slipway.model;

import java.util.List;
import java.util.Set;

/**
 * Says which model a deployment serves.
 *
 * @param source where it comes from
 * @param revision branch, tag or commit; the lock pins it
 * @param files globs of the files to take; empty means the default choice
 * @param allow what is let in although it can run code
 */
public record ModelSpec(
    ModelSource source, String revision, List<String> files, Set<Allowance> allow) {

  /** Copies the lists. */
  public ModelSpec {
    files = List.copyOf(files);
    allow = Set.copyOf(allow);
  }

  /** What can run code when a model is loaded, refused unless named. */
  public enum Allowance {
    /** Weights as Python pickles. */
    PICKLE,
    /** Python in the repository ({@code trust_remote_code}, {@code auto_map}). */
    REMOTE_CODE
  }
}
