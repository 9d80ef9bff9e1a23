package dev.slipway.rag.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitterTest {

  private final Splitter splitter = new Splitter(new PassageSize(120, 200, 40));

  @Test
  void shortParagraphsUnderOneHeadingAreJoined() {
    assertThat(texts("# Guide\n\nOne thing.\n\nAnother thing.\n\n## Next\n\nA third."))
        .containsExactly("One thing.\nAnother thing.", "A third.");
  }

  @Test
  void titleIsTheDocumentsAndTheHeadingsAbove() {
    assertThat(chunks("# Guide\n\nTop.\n\n## Start\n\n### Linux\n\nRun it.\n\n## Stop\n\nStop it."))
        .extracting(Chunk::title)
        .containsExactly("Guide", "Guide > Start > Linux", "Guide > Stop");
  }

  @Test
  void headingWithNothingBelowIsAPassage() {
    assertThat(texts("# Guide\n\n## Empty one\n\n## Full one\n\nText."))
        .containsExactly("Empty one", "Text.");
    assertThat(texts("# Guide")).containsExactly("Guide");
  }

  @Test
  void paragraphThatFitsIsNeverCut() {
    String paragraph = "Words that go on. ".repeat(10).strip();
    assertThat(texts("Before it.\n\n" + paragraph + "\n\nAfter it."))
        .containsExactly("Before it.", paragraph, "After it.");
  }

  @Test
  void longParagraphIsCutBetweenSentencesWithASmallOverlap() {
    StringBuilder paragraph = new StringBuilder();
    for (int i = 10; i < 30; i++) {
      paragraph.append("Sentence ").append(i).append(" says a thing. ");
    }
    List<String> texts = texts(paragraph.toString());

    assertThat(texts).hasSizeBetween(4, 9);
    for (int i = 0; i < texts.size(); i++) {
      assertThat(texts.get(i)).startsWith("Sentence ").endsWith("thing.");
      if (i > 0) {
        String last = Sentences.of(texts.get(i - 1)).getLast();
        assertThat(texts.get(i)).startsWith(last);
      }
    }
  }

  @Test
  void listItemsKeepTheSentenceThatLeadsToThem() {
    StringBuilder list = new StringBuilder("Some words first. The exit codes are:\n\n");
    for (int i = 0; i < 8; i++) {
      list.append("- code ").append(i).append(" means that something of note has happened\n");
    }
    List<String> texts = texts(list.toString());

    assertThat(texts).hasSizeGreaterThan(2);
    assertThat(texts.getFirst()).startsWith("Some words first. The exit codes are:\n- code 0");
    assertThat(texts.subList(1, texts.size()))
        .allSatisfy(text -> assertThat(text).startsWith("The exit codes are:\n- code "));
  }

  @Test
  void codeStaysWholeAndWithTheTextAboveIt() {
    String code = "slipway up \\\n    --detach   # returns\n\nslipway down";
    assertThat(texts("Start it:\n\n```sh\n" + code + "\n```\n\nThen ask."))
        .containsExactly("Start it:\n" + code + "\nThen ask.");
    String longText =
        "This paragraph has about as many words as fit into one passage. ".repeat(2)
            + "A few more. And more. ";
    assertThat(texts(longText + "Run:\n\n```\n" + code + "\n```\n"))
        .containsExactly(longText + "Run:", "Run:\n" + code);
  }

  @Test
  void longCodeIsCutBetweenLines() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      lines.add("  key_" + i + ": value  # remark");
    }
    String code = String.join("\n", lines);
    List<String> texts = texts("```yaml\n" + code + "\n```\n");
    assertThat(texts).hasSizeGreaterThan(3);
    assertThat(String.join("\n", texts)).isEqualTo(code);
  }

  @Test
  void tableRowsNameTheirColumns() {
    assertThat(
            texts("| Code | Meaning |\n|---|---|\n| `0` | done |\n| 3 | **manifest** invalid |\n"))
        .containsExactly("Code 0, Meaning: done.\nCode 3, Meaning: manifest invalid.");
  }

  @Test
  void longHeadingIsShortenedInTheTitleAndKeptInTheText() {
    String heading = "word ".repeat(39).strip();
    List<Chunk> chunks = chunks("# T\n\n## " + heading + "\n\nText.");
    assertThat(chunks.getFirst().title()).hasSizeLessThan(120).endsWith("…");
    assertThat(chunks.getFirst().text()).isEqualTo(heading);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void nothingIsLostWhateverTheText(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      String text = RandomText.plain(random);
      PassageSize size = RandomText.size(random);
      Document document = new PlainTextLoader().load(text.getBytes(StandardCharsets.UTF_8));
      List<Chunk> chunks =
          new Splitter(size).split(new Document("name", Map.of(), document.blocks(), List.of()));
      check(chunks, size, "seed " + seed + ", round " + round);
      RandomText.assertCovers(chunks, TextDecoder.clean(text), "seed " + seed + ", round " + round);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16})
  void everyWordOfMarkdownIsInAPassage(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      RandomText.Markdown markdown = RandomText.markdown(random);
      PassageSize size = RandomText.size(random);
      Document document = load(markdown.text());
      List<Chunk> chunks = new Splitter(size).split(document);
      String as = "seed " + seed + ", round " + round + ":\n" + markdown.text();
      check(chunks, size, as);
      String all =
          chunks.stream()
              .map(chunk -> chunk.title() + "\n" + chunk.text())
              .reduce("", (a, b) -> a + "\n" + b);
      assertThat(all).as(as).contains(markdown.words());
      assertThat(new Splitter(size).split(load(markdown.text()))).as(as).isEqualTo(chunks);
    }
  }

  private static void check(List<Chunk> chunks, PassageSize size, String as) {
    for (int i = 0; i < chunks.size(); i++) {
      assertThat(chunks.get(i).position()).as(as).isEqualTo(i);
      assertThat(chunks.get(i).text().length()).as(as).isBetween(1, size.max());
      assertThat(chunks.get(i).text()).as(as).isNotBlank();
      assertThat(chunks.get(i).title().length()).as(as).isLessThanOrEqualTo(400);
    }
  }

  private List<String> texts(String markdown) {
    return chunks(markdown).stream().map(Chunk::text).toList();
  }

  private List<Chunk> chunks(String markdown) {
    return splitter.split(load(markdown));
  }

  private static Document load(String markdown) {
    return new MarkdownLoader().load(markdown.getBytes(StandardCharsets.UTF_8));
  }
}
