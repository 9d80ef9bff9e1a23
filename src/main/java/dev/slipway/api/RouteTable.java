package dev.slipway.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Finds the route of a method and a path. Immutable. */
final class RouteTable {
  private final List<Route<?>> routes;
  private final List<Route<?>> pages;

  /**
   * Makes a table.
   *
   * @param pages what a browser gets in the place of a route of the same path
   */
  RouteTable(List<Route<?>> routes, List<Route<?>> pages) {
    this.routes = List.copyOf(routes);
    this.pages = List.copyOf(pages);
  }

  /** What a path leads to. */
  sealed interface Match {
    /** A route, with the values of its path's variables. */
    record Found(Route<?> route, Map<String, String> variables) implements Match {}

    /** A path that is there, but not for this method. */
    record OtherMethods(String allow) implements Match {}

    /** Nothing. */
    record None() implements Match {}
  }

  List<Route<?>> routes() {
    return routes;
  }

  /**
   * Finds the route; HEAD is GET without its body.
   *
   * @param path decoded
   * @param accept the {@code Accept} header; empty without one
   */
  Match find(String method, String path, String accept) {
    String wanted = method.equals("HEAD") ? "GET" : method;
    if (wanted.equals("GET") && accept.toLowerCase(Locale.ROOT).contains("text/html")) {
      for (Route<?> page : pages) {
        Optional<Map<String, String>> variables = variables(page.path(), path);
        if (variables.isPresent()) {
          return new Match.Found(page, variables.get());
        }
      }
    }
    TreeSet<String> others = new TreeSet<>();
    for (Route<?> route : routes) {
      Optional<Map<String, String>> variables = variables(route.path(), path);
      if (variables.isPresent()) {
        if (route.method().equals(wanted)) {
          return new Match.Found(route, variables.get());
        }
        others.add(route.method());
      }
    }
    if (others.isEmpty()) {
      return new Match.None();
    }
    if (others.contains("GET")) {
      others.add("HEAD");
    }
    others.add("OPTIONS");
    return new Match.OtherMethods(String.join(", ", others));
  }

  private static Optional<Map<String, String>> variables(String pattern, String path) {
    if (pattern.equals(path)) {
      return Optional.of(Map.of());
    }
    if (pattern.indexOf('{') < 0) {
      return Optional.empty();
    }
    List<String> expected = segments(pattern);
    List<String> given = segments(path);
    if (expected.size() != given.size()) {
      return Optional.empty();
    }
    Map<String, String> variables = new LinkedHashMap<>();
    for (int i = 0; i < expected.size(); i++) {
      String segment = expected.get(i);
      if (segment.startsWith("{")) {
        if (given.get(i).isEmpty()) {
          return Optional.empty();
        }
        variables.put(segment.substring(1, segment.length() - 1), given.get(i));
      } else if (!segment.equals(given.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(variables);
  }

  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>();
    int start = 0;
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', start)) {
      segments.add(path.substring(start, slash));
      start = slash + 1;
    }
    segments.add(path.substring(start));
    return segments;
  }
}
