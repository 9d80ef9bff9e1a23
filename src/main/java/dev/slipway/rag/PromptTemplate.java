package dev.slipway.rag;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import dev.slipway.endpoint.ChatModel.Message;
import dev.slipway.endpoint.ChatModel.Role;
import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes the messages of a grounded question from a logic-less mustache file.
 *
 * <p>The file holds the system message, a line of three hyphens, and the user message; without that
 * line it is all user message. It may use {@code question} and, for each of {@code passages},
 * {@code number}, {@code text}, {@code line} (the text on one line), {@code title} and {@code
 * source} (on one line too). Values are inserted as they are: what they hold is never read as
 * template, and nothing is escaped, since a model reads it and no browser. Immutable.
 */
public final class PromptTemplate {
  private static final Pattern DIVIDER = Pattern.compile("(?m)^---[ \\t]*\\R");
  private static final Pattern WHITE_SPACE =
      Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern LIST_ITEM = Pattern.compile("(?<=^|[.:!?]\\n) *- ");
  private static final String BUNDLED = "templates/prompt/";

  /** Words that no template holds, to see whether it uses what it is given. */
  private static final String PROBE = "\u2060probe\u2060";

  private final Template system;
  private final Template user;

  private PromptTemplate(Template system, Template user) {
    this.system = system;
    this.user = user;
  }

  /**
   * Loads a template as the manifest names it.
   *
   * @param folder the manifest's, where relative names start
   * @param name a file, else one of the bundled templates ({@code templates/prompt/...})
   * @throws OperationFailed if there is none, or it can't be used
   */
  public static PromptTemplate load(Path folder, String name) {
    return parse(name, read(folder, name));
  }

  /**
   * Reads a template.
   *
   * @param name for messages
   * @throws OperationFailed if it is no template, uses what does not exist, or leaves the question
   *     or the passages out
   */
  static PromptTemplate parse(String name, String text) {
    String[] parts = DIVIDER.split(text.replace("\r\n", "\n"), 2);
    PromptTemplate template =
        new PromptTemplate(
            compile(name, parts.length == 2 ? parts[0] : ""),
            compile(name, parts[parts.length - 1]));
    template.probe(name);
    return template;
  }

  /**
   * Returns the messages for a question.
   *
   * @param passages best first; may be empty
   * @return a system message, unless the template has none, and a user message
   */
  List<Message> messages(String question, List<Passage> passages) {
    List<Map<String, Object>> numbered = new ArrayList<>();
    for (Passage passage : passages) {
      numbered.add(
          Map.of(
              "number", numbered.size() + 1,
              "text", passage.text().strip(),
              "line", line(passage.text()),
              "title", line(passage.title()),
              "source", line(passage.source())));
    }
    Map<String, Object> values = Map.of("question", question.strip(), "passages", numbered);
    List<Message> messages = new ArrayList<>();
    String rules = system.execute(values).strip();
    if (!rules.isEmpty()) {
      messages.add(new Message(Role.SYSTEM, rules));
    }
    messages.add(new Message(Role.USER, user.execute(values).strip()));
    return List.copyOf(messages);
  }

  /** Puts a text on one line; between whole sentences the hyphens of a list mean nothing there. */
  private static String line(String text) {
    String sentences = LIST_ITEM.matcher(text).replaceAll("");
    return WHITE_SPACE.matcher(sentences).replaceAll(" ").strip();
  }

  private static String read(Path folder, String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (InvalidPathException noPath) {
      throw unusable(name, "that is no file name.", noPath);
    } catch (NoSuchFileException missing) {
      return bundled(folder, name);
    } catch (IOException unreadable) {
      throw unusable(name, "the file can't be read as UTF-8 text.", unreadable);
    }
  }

  private static String bundled(Path folder, String name) {
    boolean named = name.startsWith(BUNDLED) && !name.contains("..");
    try (InputStream in =
        named ? PromptTemplate.class.getClassLoader().getResourceAsStream(name) : null) {
      if (in == null) {
        throw unusable(
            name, "it is neither in " + folder + " nor one of the bundled templates.", null);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw unusable(name, "the bundled template can't be read.", unreadable);
    }
  }

  private static Template compile(String name, String source) {
    try {
      return Mustache.compiler()
          .escapeHTML(false)
          .strictSections(true)
          .withLoader(
              partial -> {
                throw new MustacheException("partials ({{>" + partial + "}}) are not taken");
              })
          .compile(source);
    } catch (MustacheException invalid) {
      throw unusable(name, invalid.getMessage() + ".", invalid);
    }
  }

  /** Fills the template once, so that a mistake shows at start and not with the first question. */
  private void probe(String name) {
    String text;
    try {
      Passage passage = new Passage("id", "c", PROBE + "s", PROBE + "t", 0, PROBE + "p", Map.of());
      text = messages(PROBE + "q", List.of(passage)).toString();
    } catch (RuntimeException invalid) {
      throw unusable(name, invalid.getMessage() + ".", invalid);
    }
    if (!text.contains(PROBE + "q")) {
      throw unusable(name, "it leaves {{question}} out.", null);
    }
    if (!text.contains(PROBE + "p")) {
      throw unusable(name, "it leaves the text of {{#passages}} out.", null);
    }
  }

  private static OperationFailed unusable(String name, String why, @Nullable Throwable cause) {
    return new OperationFailed(
        "prompt_template",
        "Cannot use the prompt template \"" + name + "\"",
        why,
        "Mend rag.prompt, or leave it out for the bundled template.",
        false,
        cause);
  }
}
