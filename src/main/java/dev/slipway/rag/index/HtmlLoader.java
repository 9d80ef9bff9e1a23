package dev.slipway.rag.index;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;

/** Reads a web page: its main content, without navigation, scripts and what is hidden. */
final class HtmlLoader implements DocumentLoader {

  private static final String NOT_CONTENT =
      "script, style, noscript, template, iframe, svg, canvas, nav, aside, form, button, dialog,"
          + " body > header, body > footer, [role=navigation], [role=banner], [role=contentinfo],"
          + " [role=search], [hidden], [aria-hidden=true], [style*=display:none],"
          + " [style*=display: none]";

  @Override
  public Document load(byte[] content) throws UnreadableDocument {
    Optional<String> utf8 =
        TextDecoder.looksBinary(content) ? Optional.empty() : TextDecoder.utf8(content);
    if (utf8.isPresent()) {
      return read(Jsoup.parse(utf8.get()), List.of());
    }
    org.jsoup.nodes.Document declared = parse(content, Optional.empty());
    return declared.charset().equals(StandardCharsets.UTF_8)
        ? read(
            parse(content, Optional.of("windows-1252")),
            List.of("it is not UTF-8 and names no character set: read as windows-1252"))
        : read(declared, List.of());
  }

  private static org.jsoup.nodes.Document parse(byte[] content, Optional<String> charset)
      throws UnreadableDocument {
    try {
      return Jsoup.parse(
          new ByteArrayInputStream(content), charset.filter(Charset::isSupported).orElse(null), "");
    } catch (IOException | UncheckedIOException unreadable) {
      throw new UnreadableDocument("it can't be decoded");
    }
  }

  private static Document read(org.jsoup.nodes.Document page, List<String> notes) {
    Map<String, String> metadata = new LinkedHashMap<>();
    meta(page, "meta[name=author], meta[property=article:author], meta[name=dcterms.creator]")
        .ifPresent(author -> metadata.put("author", author));
    meta(
            page,
            "meta[name=date], meta[property=article:published_time], meta[name=dcterms.date],"
                + " meta[itemprop=datePublished]")
        .ifPresent(date -> metadata.put("date", date));
    page.select(NOT_CONTENT).remove();
    Element main = main(page);
    return new Document(title(page, main), metadata, HtmlBlocks.of(main), notes);
  }

  private static Optional<String> meta(Element page, String selector) {
    return page.select(selector).stream()
        .map(meta -> meta.attr("content").strip())
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  private static Element main(org.jsoup.nodes.Document page) {
    List<Element> mains = page.select("main, [role=main]");
    if (mains.size() == 1) {
      return mains.getFirst();
    }
    List<Element> articles = page.select("article");
    return articles.size() == 1 ? articles.getFirst() : page.body();
  }

  /** Prefers the page's first heading to a title that only adds the site's name to it. */
  private static String title(org.jsoup.nodes.Document page, Element main) {
    String title = page.title().strip();
    String heading = main.select("h1").stream().findFirst().map(Element::text).orElse("");
    return title.isEmpty() || (!heading.isEmpty() && title.contains(heading)) ? heading : title;
  }
}
