package dev.slipway.rag.index;

import java.io.IOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentInformation;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.text.PDFTextStripper;
import org.jspecify.annotations.Nullable;

/** Reads the text of a PDF; title, author and date come from its document information. */
final class PdfLoader implements DocumentLoader {

  /** What the stripper is told to write between paragraphs: Unicode's own sign for it. */
  private static final String PARAGRAPH = "\u2029";

  private static final Pattern HYPHENATED = Pattern.compile("(?<=\\p{Ll})-\\s*\\n\\s*(?=\\p{Ll})");

  @Override
  public Document load(byte[] content) throws UnreadableDocument {
    try (PDDocument pdf = Loader.loadPDF(content)) {
      if (!pdf.getCurrentAccessPermission().canExtractContent()) {
        throw new UnreadableDocument("its author does not permit text to be taken from it");
      }
      List<Block> blocks = blocks(text(pdf));
      if (blocks.isEmpty()) {
        throw new UnreadableDocument(
            pdf.getNumberOfPages() == 0
                ? "it has no pages"
                : "its pages hold no text, perhaps only scanned pictures: run OCR over it first");
      }
      PDDocumentInformation information = pdf.getDocumentInformation();
      return new Document(
          field(information.getTitle()).orElse(""), metadata(information), blocks, List.of());
    } catch (InvalidPasswordException encrypted) {
      throw new UnreadableDocument("it is encrypted and opens only with a password");
    } catch (IOException broken) {
      throw new UnreadableDocument("it is not a whole PDF file");
    }
  }

  private static String text(PDDocument pdf) throws IOException {
    PDFTextStripper stripper = new PDFTextStripper();
    stripper.setLineSeparator("\n");
    stripper.setParagraphStart(PARAGRAPH);
    stripper.setPageEnd("\n");
    return TextDecoder.clean(stripper.getText(pdf));
  }

  private static List<Block> blocks(String text) {
    List<Block> blocks = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    for (String paragraph : text.split(PARAGRAPH, -1)) {
      String words = Sentences.collapse(HYPHENATED.matcher(paragraph).replaceAll(""));
      if (words.isEmpty()) {
        continue;
      }
      // A sentence that runs over the end of a page, or past a paragraph that is none, goes on.
      boolean goesOn =
          !open.isEmpty()
              && Character.isLowerCase(words.codePointAt(0))
              && Character.isLetter(open.codePointBefore(open.length()));
      if (!goesOn) {
        close(open, blocks);
      }
      open.append(open.isEmpty() ? "" : " ").append(words);
    }
    close(open, blocks);
    return blocks;
  }

  private static void close(StringBuilder open, List<Block> blocks) {
    if (!open.isEmpty()) {
      blocks.add(new Block.Paragraph(open.toString()));
      open.setLength(0);
    }
  }

  private static Map<String, String> metadata(PDDocumentInformation information) {
    Map<String, String> metadata = new LinkedHashMap<>();
    field(information.getAuthor()).ifPresent(author -> metadata.put("author", author));
    Optional.ofNullable(information.getCreationDate())
        .ifPresent(
            date ->
                metadata.put(
                    "date",
                    DateTimeFormatter.ISO_LOCAL_DATE.format(
                        date.toInstant().atOffset(ZoneOffset.UTC))));
    return metadata;
  }

  private static Optional<String> field(@Nullable String value) {
    return Optional.ofNullable(value)
        .map(TextDecoder::clean)
        .map(String::strip)
        .filter(text -> !text.isEmpty());
  }
}
