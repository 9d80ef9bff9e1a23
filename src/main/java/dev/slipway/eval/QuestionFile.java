package dev.slipway.eval;

import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads questions from a file: JSON lines, or one YAML list if it ends in .yaml or .yml. */
public final class QuestionFile {
  /** More than anyone waits for; a file that is longer is not one of questions. */
  private static final long MOST_BYTES = 16L << 20;

  private QuestionFile() {}

  /**
   * Reads a file.
   *
   * @return at least one question
   * @throws UsageFailure with every problem of it, each with its line
   * @throws OperationFailed if it can't be read
   */
  public static List<EvalQuestion> read(Path file) {
    String name = String.valueOf(file.getFileName());
    return parse(text(file), name.endsWith(".yaml") || name.endsWith(".yml"), file.toString());
  }

  static List<EvalQuestion> parse(String text, boolean yaml, String name) {
    Problems problems = new Problems();
    List<Item> items = yaml ? YamlItems.read(text, problems) : JsonLines.read(text, problems);
    List<EvalQuestion> questions = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    for (Item item : items) {
      var read = new QuestionReader(item, problems).read(questions.size() + 1);
      read.ifPresent(
          question -> {
            Integer first = lines.putIfAbsent(question.id(), item.line());
            if (first != null) {
              problems.add(
                  item.line(),
                  "id: \"" + question.id() + "\" is there twice, first on line " + first);
            }
            questions.add(question);
          });
    }
    if (items.isEmpty() && problems.isEmpty()) {
      problems.add(0, "holds no question");
    }
    if (!problems.isEmpty()) {
      throw new UsageFailure(
          "Cannot use " + name,
          problems.byLine(),
          "Mend each line above; docs/evaluating.md says what a question may hold.");
    }
    return List.copyOf(questions);
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new UsageFailure(
            "Cannot use " + file, "it is over 16 MiB long", "Give a file of questions.");
      }
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new UsageFailure("Cannot use " + file, "it is not UTF-8", "Save it as UTF-8.");
    } catch (IOException e) {
      throw new OperationFailed(
          "questions_unreadable",
          "Cannot read " + file,
          e.getClass().getSimpleName().replace("NoSuchFileException", "there is no such file"),
          "Check the path and its permissions.",
          false,
          e);
    }
  }
}
