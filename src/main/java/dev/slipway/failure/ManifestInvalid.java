package dev.slipway.failure;

import java.util.List;
import java.util.stream.Collectors;

/** Holds every problem found in one manifest (exit code 3). */
public final class ManifestInvalid extends Failure {

  /**
   * One problem of a manifest.
   *
   * @param path the dotted path of the key, as {@code endpoint.scaling.max}; empty for the whole
   * @param line the line in the file, from 1; 0 where there is none
   * @param message what was expected and what was found
   */
  public record Problem(String path, int line, String message) {
    @Override
    public String toString() {
      String where = line > 0 ? "line " + line + ": " : "";
      return where + (path.isEmpty() ? message : path + ": " + message);
    }
  }

  private final List<Problem> problems;

  /**
   * Makes a failure of all the problems found.
   *
   * @param file the manifest's name as the user gave it
   * @param problems at least one
   */
  public ManifestInvalid(String file, List<Problem> problems) {
    super(
        "manifest_invalid",
        "Cannot use " + file,
        problems.stream().map(Problem::toString).collect(Collectors.joining("\n")),
        problems.stream().allMatch(problem -> problem.line() == 0 && problem.path().isEmpty())
            ? "Give the manifest with -f FILE; `slipway init` writes a new one."
            : "Mend each line above; `slipway schema` prints what a manifest may hold.",
        false,
        null);
    this.problems = List.copyOf(problems);
  }

  /** Returns the problems, in the order of their lines. */
  public List<Problem> problems() {
    return problems;
  }
}
