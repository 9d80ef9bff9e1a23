package dev.slipway.rag.index;

/**
 * Says how large a document may be. A document is held in memory as a whole while it is read.
 *
 * @param textBytes for Markdown, plain text and HTML
 * @param pdfBytes for PDF, whose files hold pictures and fonts too
 */
public record DocumentLimits(long textBytes, long pdfBytes) {

  /** Returns 8 MiB of text (about 20,000 passages) and 64 MiB of PDF. */
  public static DocumentLimits standard() {
    return new DocumentLimits(8L << 20, 64L << 20);
  }
}
