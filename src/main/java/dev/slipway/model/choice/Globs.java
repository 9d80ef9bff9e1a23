package dev.slipway.model.choice;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;

/**
 * Matches relative paths against {@code model.files}: {@code *} stays within a folder, {@code **}
 * goes through any number of them, none included.
 */
record Globs(List<String> globs, Problems problems) {

  private static final String MEND = "See model.files: globs of paths below the model's folder.";

  /** Returns the paths that some glob matches; a glob that matches none is a problem. */
  NavigableSet<String> matching(NavigableSet<String> paths) {
    NavigableSet<String> matching = new TreeSet<>();
    for (String glob : globs) {
      if (glob.startsWith("/") || List.of(glob.split("/")).contains("..")) {
        problems.add(glob, "the glob leaves the model's folder", MEND);
        continue;
      }
      try {
        List<PathMatcher> matchers = matchers(glob);
        List<String> found =
            paths.stream()
                .filter(path -> matchers.stream().anyMatch(m -> m.matches(Path.of(path))))
                .toList();
        if (found.isEmpty()) {
          problems.add(glob, "no file matches the glob", MEND);
        }
        matching.addAll(found);
      } catch (PatternSyntaxException e) {
        problems.add(glob, "it is no glob (" + e.getDescription() + ")", MEND);
      }
    }
    return matching;
  }

  private static List<PathMatcher> matchers(String glob) {
    PathMatcher asItIs = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    // Java wants a folder for "**/"; everyone else takes it for none as well.
    return glob.startsWith("**/")
        ? List.of(asItIs, FileSystems.getDefault().getPathMatcher("glob:" + glob.substring(3)))
        : List.of(asItIs);
  }
}
