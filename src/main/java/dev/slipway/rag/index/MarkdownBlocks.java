package dev.slipway.rag.index;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.BulletList;
import org.commonmark.node.Code;
import org.commonmark.node.CustomBlock;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.jsoup.Jsoup;

/**
 * Reduces parsed Markdown to blocks of plain text: emphasis, links and backticks leave their words,
 * images their description.
 */
final class MarkdownBlocks extends AbstractVisitor {

  /** GitHub's marked quotes, as {@code [!NOTE]}. */
  private static final Pattern ALERT =
      Pattern.compile("^\\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)]\\s*");

  private final List<Block> blocks = new ArrayList<>();
  private int depth = -1;
  private String marker = "";

  private MarkdownBlocks() {}

  /** Returns the blocks of a parsed document. */
  static List<Block> of(Node document) {
    MarkdownBlocks visitor = new MarkdownBlocks();
    document.accept(visitor);
    return List.copyOf(visitor.blocks);
  }

  @Override
  public void visit(Heading heading) {
    add(new Block.Heading(heading.getLevel(), words(heading)));
  }

  @Override
  public void visit(Paragraph paragraph) {
    String text = ALERT.matcher(words(paragraph)).replaceFirst("");
    add(marker.isEmpty() ? new Block.Paragraph(text) : new Block.Item(depth, marker, text));
  }

  @Override
  public void visit(BulletList list) {
    items(list, 0);
  }

  @Override
  public void visit(OrderedList list) {
    Integer start = list.getMarkerStartNumber();
    items(list, start == null ? 1 : start);
  }

  private void items(Node list, int start) {
    depth++;
    int number = start;
    for (Node item = list.getFirstChild(); item != null; item = item.getNext()) {
      marker = list instanceof OrderedList ? number++ + "." : "-";
      if (item instanceof ListItem) {
        visitChildren(item);
      }
      marker = "";
    }
    depth--;
  }

  @Override
  public void visit(FencedCodeBlock code) {
    add(new Block.Code(code.getLiteral()));
  }

  @Override
  public void visit(IndentedCodeBlock code) {
    add(new Block.Code(code.getLiteral()));
  }

  @Override
  public void visit(HtmlBlock html) {
    blocks.addAll(HtmlBlocks.of(Jsoup.parseBodyFragment(html.getLiteral()).body()));
  }

  @Override
  public void visit(CustomBlock block) {
    if (block instanceof TableBlock) {
      table(block);
    } else {
      visitChildren(block);
    }
  }

  private void table(Node table) {
    List<String> header = new ArrayList<>();
    boolean anyRow = false;
    for (Node part = table.getFirstChild(); part != null; part = part.getNext()) {
      for (Node row = part.getFirstChild(); row != null; row = row.getNext()) {
        if (!(row instanceof TableRow)) {
          continue;
        }
        List<String> cells = new ArrayList<>();
        boolean head = false;
        for (Node cell = row.getFirstChild(); cell != null; cell = cell.getNext()) {
          head |= cell instanceof TableCell tableCell && tableCell.isHeader();
          cells.add(words(cell));
        }
        if (head) {
          header.addAll(cells);
        } else {
          add(Block.Row.of(header, cells));
          anyRow = true;
        }
      }
    }
    if (!anyRow) {
      add(Block.Row.of(List.of(), header));
    }
  }

  private void add(Block block) {
    boolean empty =
        switch (block) {
          case Block.Heading(int level, String text) -> text.isBlank();
          case Block.Paragraph(String text) -> text.isBlank();
          case Block.Item(int itemDepth, String itemMarker, String text) -> text.isBlank();
          case Block.Row(String text) -> text.isBlank();
          case Block.Code(String text) -> text.isBlank();
        };
    if (!empty) {
      blocks.add(block);
      marker = "";
    }
  }

  private static String words(Node inlines) {
    StringBuilder words = new StringBuilder();
    Words visitor = new Words(words);
    for (Node node = inlines.getFirstChild(); node != null; node = node.getNext()) {
      node.accept(visitor);
    }
    return words.toString().strip();
  }

  /** Collects the words of inline nodes; what is not one of these gives those of its children. */
  private static final class Words extends AbstractVisitor {
    private final StringBuilder words;

    Words(StringBuilder words) {
      this.words = words;
    }

    @Override
    public void visit(Text text) {
      words.append(text.getLiteral());
    }

    @Override
    public void visit(Code code) {
      words.append(code.getLiteral());
    }

    @Override
    public void visit(SoftLineBreak lineBreak) {
      words.append(' ');
    }

    @Override
    public void visit(HardLineBreak lineBreak) {
      words.append(' ');
    }

    @Override
    public void visit(HtmlInline html) {
      if (html.getLiteral().regionMatches(true, 0, "<br", 0, 3)) {
        words.append(' ');
      }
    }
  }
}
