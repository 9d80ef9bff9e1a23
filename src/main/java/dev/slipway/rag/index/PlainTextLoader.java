package dev.slipway.rag.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads plain text: paragraphs parted by blank lines, lists, indented blocks. */
final class PlainTextLoader implements DocumentLoader {

  private static final Pattern ITEM = Pattern.compile("(\\s*)([-*+•]|\\d{1,4}[.)])\\s+(\\S.*)");

  @Override
  public Document load(byte[] content) {
    TextDecoder.Decoded decoded = TextDecoder.decode(content);
    return new Document("", Map.of(), blocks(decoded.text()), decoded.note().stream().toList());
  }

  /** Returns the text's blocks; every character that is not white space is in one of them. */
  static List<Block> blocks(String text) {
    List<Block> blocks = new ArrayList<>();
    List<String> paragraph = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      if (line.isBlank()) {
        close(paragraph, blocks);
      } else {
        paragraph.add(line);
      }
    }
    close(paragraph, blocks);
    return blocks;
  }

  private static void close(List<String> lines, List<Block> blocks) {
    if (lines.isEmpty()) {
      return;
    }
    if (lines.stream().allMatch(PlainTextLoader::isIndented)
        && lines.stream().noneMatch(line -> ITEM.matcher(line).matches())) {
      blocks.add(new Block.Code(String.join("\n", lines).stripIndent()));
    } else {
      paragraphAndItems(lines, blocks);
    }
    lines.clear();
  }

  private static void paragraphAndItems(List<String> lines, List<Block> blocks) {
    List<String> text = new ArrayList<>();
    int depth = 0;
    String marker = "";
    for (String line : lines) {
      Matcher item = ITEM.matcher(line);
      if (item.matches()) {
        blocks.add(block(depth, marker, text));
        text.clear();
        depth = Math.min(item.group(1).length() / 2, 8);
        marker = item.group(2);
        text.add(item.group(3));
      } else {
        text.add(line.strip());
      }
    }
    blocks.add(block(depth, marker, text));
    blocks.removeIf(block -> block instanceof Block.Paragraph(String words) && words.isEmpty());
  }

  private static Block block(int depth, String marker, List<String> lines) {
    String text = Sentences.collapse(String.join(" ", lines));
    if (text.isEmpty()) {
      return new Block.Paragraph(marker);
    }
    return marker.isEmpty() ? new Block.Paragraph(text) : new Block.Item(depth, marker, text);
  }

  private static boolean isIndented(String line) {
    return line.startsWith("    ") || line.startsWith("\t");
  }
}
