package dev.slipway.rag.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.rag.index.Block.Code;
import dev.slipway.rag.index.Block.Heading;
import dev.slipway.rag.index.Block.Item;
import dev.slipway.rag.index.Block.Paragraph;
import dev.slipway.rag.index.Block.Row;
import dev.slipway.rag.index.DocumentLoader.UnreadableDocument;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoadersTest {

  @Test
  void markdownIsReducedToWords() throws UnreadableDocument {
    assertThat(
            markdown(
                    """
                    # The *title*

                    Some **strong** and `code` and a [link](https://example.org "t") with
                    &amp; and \\* and ![a picture](p.png).<!-- not this --><br>End.

                    > [!NOTE]
                    > Quoted words.

                    - one
                      - nested
                    - two

                      more of two

                    3. three

                    ~~~java
                    int i = **0;
                    ~~~

                    <p>Some <b>html</b></p>
                    """)
                .blocks())
        .containsExactly(
            new Heading(1, "The title"),
            new Paragraph("Some strong and code and a link with & and * and a picture. End."),
            new Paragraph("Quoted words."),
            new Item(0, "-", "one"),
            new Item(1, "-", "nested"),
            new Item(0, "-", "two"),
            new Paragraph("more of two"),
            new Item(0, "3.", "three"),
            new Code("int i = **0;\n"),
            new Paragraph("Some html"));
  }

  @Test
  void frontMatterGivesTitleAndMetadata() throws UnreadableDocument {
    Document document =
        markdown(
            """
            ---
            title: "A title: with a colon"
            Author: Ada
            date: 2026-01-02
            version: 1.10
            draft: no
            tags: [a, b]
            nested: {x: 1}
            ---
            # Another heading
            """);
    assertThat(document.title()).isEqualTo("A title: with a colon");
    assertThat(document.metadata())
        .isEqualTo(
            Map.of(
                "author",
                "Ada",
                "date",
                "2026-01-02",
                "version",
                "1.10",
                "draft",
                "no",
                "tags",
                "a, b"));
    assertThat(document.blocks()).containsExactly(new Heading(1, "Another heading"));
  }

  @Test
  void brokenOrMissingFrontMatterIsText() throws UnreadableDocument {
    assertThat(markdown("---\na: [b\n---\nText.").notes())
        .containsExactly("its front matter is not YAML: read as text");
    assertThat(markdown("---\n\nText between rules.\n\n---\n\nMore.").blocks())
        .containsExactly(new Paragraph("Text between rules."), new Paragraph("More."));
  }

  @Test
  void htmlGivesItsMainContentOnly() throws UnreadableDocument {
    Document document =
        load(
            Format.HTML,
            """
            <html><head><title>Guide | Acme</title><meta name="Author" content="Ada">
            <meta property="article:published_time" content="2026-01-02"><style>x{}</style></head>
            <body><header>Acme</header><nav>Home</nav>
            <main><h1>Guide</h1><p>One <b>bold</b>
            word.<script>evil()</script></p><div>Loose <span>text</span><p>Inner.</p>tail</div>
            <ol start=1><li>first<ul><li>deep</li></ul></li><li>second</li></ol>
            <pre><code>a
              b</code></pre>
            <table><tr><th>Code</th><th>Meaning</th></tr><tr><td>3</td><td><p>bad</p><p>file</p></td></tr></table>
            <dl><dt>Term</dt><dd>Its meaning.</dd></dl><p hidden>no</p></main>
            <footer>Imprint</footer></body></html>
            """);
    assertThat(document.title()).isEqualTo("Guide");
    assertThat(document.metadata()).isEqualTo(Map.of("author", "Ada", "date", "2026-01-02"));
    assertThat(document.blocks())
        .containsExactly(
            new Heading(1, "Guide"),
            new Paragraph("One bold word."),
            new Paragraph("Loose text"),
            new Paragraph("Inner."),
            new Paragraph("tail"),
            new Item(0, "1.", "first"),
            new Item(1, "-", "deep"),
            new Item(0, "2.", "second"),
            new Code("a\n  b"),
            new Row("Code 3, Meaning: bad file."),
            new Paragraph("Term: Its meaning."));
  }

  @Test
  void htmlIsDecodedAsItSays() throws UnreadableDocument {
    String page = "<meta charset=iso-8859-2><p>\u017Elu\u0165ou\u010Dk\u00FD</p>";
    assertThat(Format.HTML.load(page.getBytes(Charset.forName("iso-8859-2"))).blocks())
        .containsExactly(new Paragraph("\u017Elu\u0165ou\u010Dk\u00FD"));
    Document guessed = Format.HTML.load("<p>caf\u00e9</p>".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(guessed.blocks()).containsExactly(new Paragraph("caf\u00e9"));
    assertThat(guessed.notes()).hasSize(1);
  }

  @Test
  void deeplyNestedHtmlIsRead() throws UnreadableDocument {
    String deep = "<div>".repeat(20_000) + "core" + "</div>".repeat(20_000);
    assertThat(load(Format.HTML, deep).blocks()).containsExactly(new Paragraph("core"));
  }

  @Test
  void byteOrderMarksAreUnderstood() throws UnreadableDocument {
    for (Charset charset :
        List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      byte[] content = "\uFEFFcaf\u00e9\r\nnext".getBytes(charset);
      assertThat(Format.TEXT.isBinary(content)).isFalse();
      Document document = Format.TEXT.load(content);
      assertThat(document.blocks()).containsExactly(new Paragraph("caf\u00e9 next"));
      assertThat(document.notes()).isEmpty();
    }
  }

  @Test
  void plainTextKnowsListsAndIndentedBlocks() throws UnreadableDocument {
    assertThat(
            load(Format.TEXT, "To do:\n- first\n  thing\n2) second\n\n    make all\n    run\n")
                .blocks())
        .containsExactly(
            new Paragraph("To do:"),
            new Item(0, "-", "first thing"),
            new Item(0, "2)", "second"),
            new Code("make all\nrun"));
  }

  @Test
  void pdfGivesTextTitleAndAuthor() throws Exception {
    Document document =
        Format.PDF.load(
            pdf("The exit code is nine.", "Another line of the para-", "graph goes on."));
    assertThat(document.title()).isEqualTo("Exit codes");
    assertThat(document.metadata()).containsEntry("author", "Ada");
    assertThat(document.blocks()).hasSize(1);
    assertThat(document.blocks().getFirst())
        .isEqualTo(new Paragraph("The exit code is nine. Another line of the paragraph goes on."));
  }

  @Test
  void pdfWithoutTextAndEncryptedPdfSayWhy() throws Exception {
    assertThatThrownBy(() -> Format.PDF.load(pdf()))
        .isInstanceOf(UnreadableDocument.class)
        .hasMessageContaining("OCR");
    ByteArrayOutputStream encrypted = new ByteArrayOutputStream();
    try (PDDocument pdf = new PDDocument()) {
      pdf.addPage(new PDPage());
      pdf.protect(new StandardProtectionPolicy("owner", "user", new AccessPermission()));
      pdf.save(encrypted);
    }
    assertThatThrownBy(() -> Format.PDF.load(encrypted.toByteArray()))
        .isInstanceOf(UnreadableDocument.class)
        .hasMessageContaining("password");
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void damagedContentIsReadOrReportedNeverThrown(Format format) throws Exception {
    byte[] whole =
        switch (format) {
          case PDF -> pdf("Some text in a file.", "More of it.");
          case HTML ->
              "<main><ul><li>a<table><tr><td>b</pre></main>".getBytes(StandardCharsets.UTF_8);
          case MARKDOWN ->
              "---\na: b\n---\n# T\n\n- a\n\n|a|\n|-|\n|b|\n".getBytes(StandardCharsets.UTF_8);
          case TEXT -> "- a\n\nb".getBytes(StandardCharsets.UTF_8);
        };
    long seed = 42;
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      byte[] damaged = java.util.Arrays.copyOf(whole, random.nextInt(whole.length + 1));
      for (int hit = 0; hit < random.nextInt(8) && damaged.length > 0; hit++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(format.load(damaged).blocks()).isNotNull();
      } catch (UnreadableDocument reported) {
        assertThat(reported.getMessage()).as("seed %s, round %s", seed, round).startsWith("it");
      }
    }
  }

  private static byte[] pdf(String... lines) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PDDocument pdf = new PDDocument()) {
      PDPage page = new PDPage();
      pdf.addPage(page);
      pdf.getDocumentInformation().setTitle("Exit codes");
      pdf.getDocumentInformation().setAuthor("Ada");
      try (PDPageContentStream content = new PDPageContentStream(pdf, page)) {
        content.beginText();
        content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
        content.newLineAtOffset(50, 700);
        for (String line : lines) {
          content.showText(line);
          content.newLineAtOffset(0, -14);
        }
        content.endText();
      }
      pdf.save(bytes);
    }
    return bytes.toByteArray();
  }

  private static Document markdown(String text) throws UnreadableDocument {
    return load(Format.MARKDOWN, text);
  }

  private static Document load(Format format, String text) throws UnreadableDocument {
    return format.load(text.getBytes(StandardCharsets.UTF_8));
  }
}
