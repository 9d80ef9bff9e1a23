package dev.slipway.rag.index;

import java.util.List;

/**
 * Splits documents into passages of one to three sentences: paragraphs stay whole and short ones
 * under one heading are joined, list items and table rows keep the sentence that leads to them,
 * code stays whole. Only what is longer than a passage may be is cut: paragraphs at sentences, code
 * at lines, and a word only if nothing else is left. Thread-safe.
 */
final class Splitter {

  /** Changes whenever the same document would be split otherwise, so that indexes follow. */
  private static final String VERSION = "1";

  private final PassageSize size;

  Splitter(PassageSize size) {
    this.size = size;
  }

  /** Returns what, besides the document, the passages depend on. */
  String version() {
    return VERSION + "/" + size.target() + "/" + size.max() + "/" + size.overlap();
  }

  /** Returns the passages, in the order of the document. */
  List<Chunk> split(Document document) {
    HeadingPath headings = new HeadingPath(document.title());
    Packing packing = new Packing(size, headings);
    for (Block block : document.blocks()) {
      switch (block) {
        case Block.Heading(int level, String text) -> {
          packing.flush();
          headings.leave(level).forEach(packing::lone);
          headings.enter(level, text).ifPresent(packing::paragraph);
        }
        case Block.Paragraph(String text) -> packing.paragraph(text);
        case Block.Item(int depth, String marker, String text) ->
            packing.line("  ".repeat(Math.min(depth, 8)) + marker + " ", text);
        case Block.Row(String text) -> packing.line("", text);
        case Block.Code(String text) -> packing.code(text);
      }
    }
    packing.flush();
    headings.leave(0).forEach(packing::lone);
    return packing.chunks();
  }
}
