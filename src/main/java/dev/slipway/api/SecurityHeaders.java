package dev.slipway.api;

import io.helidon.http.Header;
import io.helidon.http.HeaderValues;
import java.util.List;
import java.util.Map;

/** The headers that keep browsers from doing more with an answer than reading it. */
final class SecurityHeaders {
  private SecurityHeaders() {}

  /** For JSON and text: nothing may be loaded or framed. */
  static final Map<String, String> FOR_DATA =
      Map.of(
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY",
          "Referrer-Policy", "no-referrer",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Cache-Control", "no-store",
          "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");

  /** The same, as the server sends them: checked and encoded once. */
  static final List<Header> READY =
      FOR_DATA.entrySet().stream()
          .map(header -> HeaderValues.createCached(header.getKey(), header.getValue()))
          .toList();

  /** With TLS: a browser that was here once comes by TLS only, for a year. */
  static final Map<String, String> FOR_TLS =
      Map.of("Strict-Transport-Security", "max-age=31536000");

  /**
   * For the service's own pages: their own scripts, styles and pictures, requests to this service,
   * and no text that becomes markup.
   */
  static final String FOR_PAGES =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";

  /**
   * For the page of the document: its own scripts and styles, and requests to this service. Swagger
   * UI sets styles on its elements and draws its icons from data URLs.
   */
  static final String FOR_DOCS =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
          + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";
}
