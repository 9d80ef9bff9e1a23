package dev.slipway.rag;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the power from chat-control tokens in text that is not ours: a document that says {@code
 * <|system|>} must not begin a system message.
 *
 * <p>A token is broken by a space behind its first character, so that a person still reads what was
 * written; the result never holds a control token, whatever was nested in whatever. Text without
 * any is returned as it is, look-alikes (full-width letters) included: a tokenizer does not take
 * them for control. Immutable.
 */
public final class ControlTokens {

  /** Tokens of widespread chat templates that follow no pattern. */
  private static final List<String> WELL_KNOWN =
      List.of(
          "<s>",
          "</s>",
          "<bos>",
          "<eos>",
          "<pad>",
          "<unk>",
          "<mask>",
          "[INST]",
          "[/INST]",
          "<<SYS>>",
          "<</SYS>>",
          "[SYSTEM_PROMPT]",
          "[/SYSTEM_PROMPT]",
          "[AVAILABLE_TOOLS]",
          "[/AVAILABLE_TOOLS]",
          "[TOOL_CALLS]",
          "[TOOL_RESULTS]",
          "[/TOOL_RESULTS]",
          "[gMASK]",
          "<sop>",
          "<start_of_turn>",
          "<end_of_turn>",
          "<end_of_utterance>",
          "<tool_call>",
          "</tool_call>",
          "<tool_response>",
          "</tool_response>");

  /** {@code <|im_start|>} and its kin, and DeepSeek's with full-width bars. */
  private static final String FAMILIES = "<\\|[^\\s|<>]{1,64}\\|>|<｜[^\\s｜<>]{1,64}｜>";

  /** A token that another one's breaking makes is broken in the next round; more are removed. */
  private static final int ROUNDS = 4;

  private final Pattern pattern;

  private ControlTokens(Pattern pattern) {
    this.pattern = pattern;
  }

  /** Knows the well-known families only. */
  public static ControlTokens wellKnown() {
    return of(Set.of());
  }

  /**
   * Knows a model's own control tokens and the well-known families.
   *
   * @param tokens as the tokenizer writes them; blank ones are left out, because white space is
   *     control nowhere
   */
  public static ControlTokens of(Collection<String> tokens) {
    List<String> literals = new ArrayList<>(WELL_KNOWN);
    tokens.stream().filter(token -> !token.isBlank()).forEach(literals::add);
    // The longest first: an alternation takes the first that fits.
    literals.sort(Comparator.comparingInt(String::length).reversed());
    StringBuilder alternatives = new StringBuilder(FAMILIES);
    literals.stream()
        .distinct()
        .forEach(literal -> alternatives.append('|').append(Pattern.quote(literal)));
    return new ControlTokens(Pattern.compile(alternatives.toString()));
  }

  /** Returns whether the text holds a control token. */
  public boolean in(String text) {
    return pattern.matcher(text).find();
  }

  /** Returns the text without any control token. */
  public String neutralise(String text) {
    String result = text;
    for (int round = 0; in(result); round++) {
      boolean remove = round >= ROUNDS;
      // Breaking could go on for ever with tokens that hold spaces; each removal makes it shorter.
      result =
          pattern
              .matcher(result)
              .replaceAll(match -> remove ? "" : Matcher.quoteReplacement(broken(match.group())));
    }
    return result;
  }

  private static String broken(String token) {
    int first = token.offsetByCodePoints(0, 1);
    // Nothing of a token of one character can be kept.
    return first == token.length() ? "" : token.substring(0, first) + " " + token.substring(first);
  }
}
