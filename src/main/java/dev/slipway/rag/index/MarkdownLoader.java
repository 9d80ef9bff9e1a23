package dev.slipway.rag.index;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.parser.Parser;

/** Reads Markdown (CommonMark and GitHub's tables) with YAML front matter. */
final class MarkdownLoader implements DocumentLoader {

  private final Parser parser =
      Parser.builder().extensions(List.of(TablesExtension.create())).build();

  @Override
  public Document load(byte[] content) {
    TextDecoder.Decoded decoded = TextDecoder.decode(content);
    FrontMatter frontMatter = FrontMatter.of(decoded.text());
    List<Block> blocks = MarkdownBlocks.of(parser.parse(frontMatter.body()));
    Map<String, String> metadata = new LinkedHashMap<>(frontMatter.fields());
    String title =
        Optional.ofNullable(metadata.remove("title")).orElseGet(() -> firstTitle(blocks));
    List<String> notes = new ArrayList<>(decoded.note().stream().toList());
    frontMatter.note().ifPresent(notes::add);
    return new Document(title, metadata, blocks, notes);
  }

  private static String firstTitle(List<Block> blocks) {
    return blocks.stream()
        .filter(block -> block instanceof Block.Heading(int level, String text) && level == 1)
        .map(block -> ((Block.Heading) block).text())
        .findFirst()
        .orElse("");
  }
}
