package dev.slipway.rag.index;

import java.util.Locale;
import java.util.Optional;

/** The formats of documents that can be read, by the file's extension. */
enum Format {
  MARKDOWN,
  TEXT,
  HTML,
  PDF;

  /** Returns the format of files with the given name. */
  static Optional<Format> of(String fileName) {
    return switch (extension(fileName)) {
      case "md", "markdown", "mdown", "mkd" -> Optional.of(MARKDOWN);
      case "txt", "text" -> Optional.of(TEXT);
      case "html", "htm", "xhtml" -> Optional.of(HTML);
      case "pdf" -> Optional.of(PDF);
      default -> Optional.empty();
    };
  }

  /** Returns the lower-case extension without its dot; empty if there is none. */
  static String extension(String fileName) {
    int dot = fileName.lastIndexOf('.');
    return dot <= 0 ? "" : fileName.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  /** Returns how many bytes such a file may have. */
  long limit(DocumentLimits limits) {
    return switch (this) {
      case MARKDOWN, TEXT, HTML -> limits.textBytes();
      case PDF -> limits.pdfBytes();
    };
  }

  /** Returns whether the content, in spite of its name, is no text. */
  boolean isBinary(byte[] content) {
    return switch (this) {
      case MARKDOWN, TEXT, HTML -> TextDecoder.looksBinary(content);
      case PDF -> false;
    };
  }

  /**
   * Reads a document, whatever its content does to the library that parses it.
   *
   * @throws DocumentLoader.UnreadableDocument if it can't be read
   */
  Document load(byte[] content) throws DocumentLoader.UnreadableDocument {
    try {
      return loader().load(content);
    } catch (RuntimeException broken) {
      throw new DocumentLoader.UnreadableDocument(
          "its content breaks the " + this + " reader (" + broken.getClass().getSimpleName() + ")");
    } catch (StackOverflowError tooDeep) {
      throw new DocumentLoader.UnreadableDocument("its content is nested too deeply");
    }
  }

  private DocumentLoader loader() {
    return switch (this) {
      case MARKDOWN -> new MarkdownLoader();
      case TEXT -> new PlainTextLoader();
      case HTML -> new HtmlLoader();
      case PDF -> new PdfLoader();
    };
  }
}
