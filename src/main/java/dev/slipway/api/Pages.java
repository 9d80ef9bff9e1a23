package dev.slipway.api;

import java.util.ArrayList;
import java.util.List;

/**
 * The service's own pages: {@code /} asks, {@code /traces} monitors. They are plain files without
 * anything from elsewhere, and all they show comes from the routes that every client has.
 */
final class Pages {
  private static final String HTML = "text/html; charset=utf-8";
  private static final String PART = "Show a part of the pages";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final List<String> SCRIPTS =
      List.of("service", "elements", "playground", "monitor", "plots", "compare", "trace");

  private Pages() {}

  /** Returns what everyone gets. */
  static List<Route<?>> parts() {
    List<Route<?>> parts = new ArrayList<>();
    parts.add(page("playground").route("/", "playground", "Show a page to ask on"));
    parts.add(
        file("style.css", "text/css; charset=utf-8").route("/pages/style.css", "pagesStyle", PART));
    parts.add(file("icon.svg", "image/svg+xml").route("/pages/icon.svg", "pagesIcon", PART));
    for (String script : SCRIPTS) {
      parts.add(
          file(script + ".js", SCRIPT)
              .route("/pages/" + script + ".js", "pagesScript_" + script, PART));
    }
    return parts;
  }

  /** Returns what a browser gets where others get JSON. */
  static List<Route<?>> forBrowsers() {
    return List.of(
        page("monitor").route("/traces", "monitorPage", "Show the monitor"),
        page("trace").route("/traces/{id}", "tracePage", "Show one trace"));
  }

  private static StaticFile page(String name) {
    return file(name + ".html", HTML);
  }

  private static StaticFile file(String name, String contentType) {
    return StaticFile.of("/dev/slipway/pages/" + name, contentType, SecurityHeaders.FOR_PAGES);
  }
}
