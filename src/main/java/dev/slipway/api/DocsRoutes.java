package dev.slipway.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
    return new StaticFile(contentType, bytes, SecurityHeaders.FOR_DOCS)
        .route(path, name, "Show this document, or a part of its page");
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
