package dev.slipway.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Looks at where browsers' requests come from. Where no keys are asked for, a page must neither
 * reach the service by a name of its own that it lets point to this machine (DNS rebinding) nor
 * send questions from another origin; where they are, the browser of a page without one has nothing
 * to send. Immutable.
 */
final class Origins {
  private static final Pattern HERE =
      Pattern.compile(
          "(localhost|[a-z0-9.-]+\\.localhost|127(\\.[0-9]{1,3}){3}|\\[::1])\\.?(:[0-9]{1,5})?");

  private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "OPTIONS");

  private final boolean open;
  private final List<String> allowed;
  private final Map<String, String> headers;

  Origins(Entrance entrance) {
    this.open = entrance.open();
    this.allowed = entrance.origins();
    Map<String, String> always = new LinkedHashMap<>();
    if (entrance.tls().isPresent()) {
      always.putAll(SecurityHeaders.FOR_TLS);
    }
    if (!allowed.isEmpty()) {
      always.put("Vary", "Origin");
    }
    this.headers = Map.copyOf(always);
  }

  /** Returns what every answer carries. */
  Map<String, String> headers() {
    return headers;
  }

  /**
   * Checks a request, and says to its browser that the page may read the answer if it may.
   *
   * @return whether the page's origin is one of those allowed
   * @throws Rejected if it is refused
   */
  boolean check(Exchange exchange, ApiMetrics metrics) {
    Optional<String> origin = exchange.header("Origin");
    boolean shared = origin.isPresent() && allowed.contains(origin.get());
    if (shared) {
      exchange.set("Access-Control-Allow-Origin", origin.get());
      exchange.set(
          "Access-Control-Expose-Headers",
          "x-request-id, Retry-After, WWW-Authenticate, x-ratelimit-limit-requests,"
              + " x-ratelimit-remaining-requests, x-ratelimit-reset-requests,"
              + " x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens,"
              + " x-ratelimit-reset-tokens");
    }
    if (open) {
      String host = exchange.header("Host").orElse("localhost").toLowerCase(Locale.ROOT);
      if (!HERE.matcher(host).matches()) {
        metrics.rejected(ApiMetrics.Rejection.ORIGIN);
        throw new Rejected(Problem.misdirected());
      }
      boolean own = origin.isEmpty() || origin.get().matches("https?://" + Pattern.quote(host));
      if (!own && !shared && !HARMLESS.contains(exchange.method())) {
        metrics.rejected(ApiMetrics.Rejection.ORIGIN);
        throw new Rejected(Problem.foreignOrigin());
      }
    }
    return shared;
  }

  /** Returns what a browser wants to know before it sends a page's request. */
  static Map<String, String> preflight(String methods) {
    return Map.of(
        "Allow",
        methods,
        "Access-Control-Allow-Methods",
        methods,
        "Access-Control-Allow-Headers",
        "Authorization, Content-Type, x-request-id",
        "Access-Control-Max-Age",
        "600");
  }
}
