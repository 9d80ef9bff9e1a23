package dev.slipway.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * {@code /docs}: Swagger UI from its jar, without a script from elsewhere and with relative
 * addresses only, so that it works offline and behind a proxy's prefix. Thread-safe.
 */
final class DocsRoutes {
  private static final String PAGE =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>TITLE</title>
      <link rel="icon" type="image/png" href="docs/favicon-32x32.png">
      <link rel="stylesheet" href="docs/swagger-ui.css">
      </head>
      <body>
      <div id="swagger-ui"></div>
      <script src="docs/swagger-ui-bundle.js"></script>
      <script src="docs/init.js"></script>
      </body>
      </html>
      """;

  /** A file of its own: the page's policy allows no script within it. */
  private static final String INIT =
      """
      window.ui = SwaggerUIBundle({
        url: new URL('openapi.json', document.baseURI).href,
        dom_id: '#swagger-ui',
        deepLinking: true,
        validatorUrl: null,
        presets: [SwaggerUIBundle.presets.apis],
        layout: 'BaseLayout'
      });
      """;

  private final String title;

  DocsRoutes(String title) {
    this.title = title;
  }

  List<Route<?>> routes() {
    List<Route<?>> routes = new ArrayList<>();
    routes.add(
        Route.get("/", "root", Route.Nothing.class)
            .summary("Lead to the pages of this service")
            .access(Route.Access.OPEN)
            .answers(307, "They are at docs.", "")
            .handledBy(call -> new Reply.Bytes(307, "", new byte[0], Map.of("Location", "docs"))));
    routes.add(
        page(
            "/docs",
            "docs",
            "text/html; charset=utf-8",
            PAGE.replace("TITLE", title).getBytes(StandardCharsets.UTF_8)));
    routes.add(
        page(
            "/docs/init.js",
            "docsInit",
            "text/javascript; charset=utf-8",
            INIT.getBytes(StandardCharsets.UTF_8)));
    String folder = folder();
    routes.add(
        page(
            "/docs/swagger-ui.css",
            "docsStyle",
            "text/css; charset=utf-8",
            resource(folder + "swagger-ui.css")));
    routes.add(
        page(
            "/docs/swagger-ui-bundle.js",
            "docsScript",
            "text/javascript; charset=utf-8",
            resource(folder + "swagger-ui-bundle.js")));
    routes.add(
        page(
            "/docs/favicon-32x32.png",
            "docsIcon",
            "image/png",
            resource(folder + "favicon-32x32.png")));
    return routes;
  }

  private static Route<?> page(String path, String name, String contentType, byte[] bytes) {
    String tag = tag(bytes);
    Map<String, String> headers =
        Map.of(
            "ETag",
            tag,
            "Cache-Control",
            "no-cache",
            "Content-Security-Policy",
            SecurityHeaders.FOR_DOCS);
    return Route.get(path, name, Route.Nothing.class)
        .summary("Show this document, or a part of its page")
        .access(Route.Access.OPEN)
        .answers(200, "The page or its part.", contentType)
        .answers(304, "What the client has is still right.", "")
        .handledBy(
            call ->
                call.ifNoneMatch().equals(tag)
                    ? new Reply.Bytes(304, "", new byte[0], headers)
                    : new Reply.Bytes(200, contentType, bytes, headers));
  }

  private static String tag(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "\"" + HexFormat.of().formatHex(hash, 0, 8) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /** The jar's folder has its version in its name, which the jar's own properties tell. */
  private static String folder() {
    Properties properties = new Properties();
    try (InputStream in = open("/META-INF/maven/org.webjars/swagger-ui/pom.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "/META-INF/resources/webjars/swagger-ui/" + properties.getProperty("version") + "/";
  }

  private static byte[] resource(String name) {
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String name) {
    InputStream in = DocsRoutes.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException("The classpath has no " + name);
    }
    return in;
  }
}
