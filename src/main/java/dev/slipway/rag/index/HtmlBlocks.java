package dev.slipway.rag.index;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;

/**
 * Reduces HTML elements to blocks of plain text; walks without recursion, however deep they are.
 */
final class HtmlBlocks implements NodeVisitor {

  private final List<Block> blocks = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private final Deque<List<Integer>> counters = new ArrayDeque<>();
  private String marker = "";
  private int preformatted;
  private int cellDepth;
  private List<String> header = new ArrayList<>();
  private List<String> cells = new ArrayList<>();
  private boolean headerRow;
  private boolean anyRow;

  private HtmlBlocks() {}

  /** Returns the blocks of an element's content. */
  static List<Block> of(Element root) {
    HtmlBlocks visitor = new HtmlBlocks();
    root.traverse(visitor);
    visitor.flush();
    return List.copyOf(visitor.blocks);
  }

  @Override
  public void head(Node node, int depth) {
    switch (node) {
      case TextNode words -> text.append(words.getWholeText());
      case Element element -> open(element);
      default -> {}
    }
  }

  @Override
  public void tail(Node node, int depth) {
    if (node instanceof Element element) {
      close(element);
    }
  }

  private void open(Element element) {
    String name = element.normalName();
    if (name.equals("br")) {
      text.append('\n');
    } else if (name.equals("img")) {
      text.append(' ').append(element.attr("alt")).append(' ');
    } else if (name.equals("td") || name.equals("th")) {
      openCell(name);
    } else if (cellDepth > 0) {
      spaceAround(element);
    } else {
      openBlock(element, name);
    }
  }

  private void openCell(String name) {
    if (cellDepth++ == 0) {
      text.setLength(0);
      headerRow &= name.equals("th");
    } else {
      text.append(' ');
    }
  }

  private void openBlock(Element element, String name) {
    switch (name) {
      case "pre" -> {
        flush();
        preformatted++;
      }
      case "ul", "ol" -> {
        flush();
        counters.push(new ArrayList<>(List.of(name.equals("ol") ? 1 : 0)));
      }
      case "li" -> {
        flush();
        marker = nextMarker();
      }
      case "table" -> {
        flush();
        header = new ArrayList<>();
        anyRow = false;
      }
      case "tr" -> {
        flush();
        cells = new ArrayList<>();
        headerRow = true;
      }
      case "dd" -> {}
      default -> {
        if (element.isBlock()) {
          flush();
        }
      }
    }
  }

  private void close(Element element) {
    String name = element.normalName();
    if (name.equals("td") || name.equals("th")) {
      closeCell();
    } else if (cellDepth > 0) {
      spaceAround(element);
    } else {
      closeBlock(element, name);
    }
  }

  private void closeCell() {
    if (cellDepth > 0 && --cellDepth == 0) {
      cells.add(collapsed());
      text.setLength(0);
    }
  }

  private void closeBlock(Element element, String name) {
    switch (name) {
      case "h1", "h2", "h3", "h4", "h5", "h6" -> {
        String heading = collapsed();
        text.setLength(0);
        if (!heading.isEmpty()) {
          blocks.add(new Block.Heading(name.charAt(1) - '0', heading));
        }
      }
      case "pre" -> closePreformatted();
      case "ul", "ol" -> {
        flush();
        counters.poll();
      }
      case "tr" -> closeRow();
      case "table" -> {
        flush();
        if (!anyRow && !header.isEmpty()) {
          blocks.add(Block.Row.of(List.of(), header));
        }
        header = new ArrayList<>();
      }
      case "dt" -> text.append(collapsed().endsWith(":") ? " " : ": ");
      default -> {
        if (element.isBlock()) {
          flush();
        }
      }
    }
  }

  private void closePreformatted() {
    if (--preformatted == 0) {
      String code = text.toString();
      text.setLength(0);
      if (!code.isBlank()) {
        blocks.add(new Block.Code(code));
      }
    }
  }

  private void closeRow() {
    if (headerRow && header.isEmpty()) {
      header = cells;
    } else {
      Block.Row row = Block.Row.of(header, cells);
      if (!row.text().isBlank()) {
        blocks.add(row);
        anyRow = true;
      }
    }
    cells = new ArrayList<>();
  }

  private void spaceAround(Element element) {
    if (element.isBlock()) {
      text.append(' ');
    }
  }

  private String nextMarker() {
    List<Integer> counter = counters.peek();
    if (counter == null || counter.getFirst() == 0) {
      return "-";
    }
    int number = counter.getFirst();
    counter.set(0, number + 1);
    return number + ".";
  }

  private void flush() {
    if (preformatted > 0) {
      return;
    }
    String words = collapsed();
    text.setLength(0);
    if (!words.isEmpty()) {
      blocks.add(
          marker.isEmpty()
              ? new Block.Paragraph(words)
              : new Block.Item(Math.max(0, counters.size() - 1), marker, words));
      marker = "";
    }
  }

  private String collapsed() {
    return Sentences.collapse(text);
  }
}
