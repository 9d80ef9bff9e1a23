package dev.slipway.inference;

import dev.slipway.model.GgufHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tokens of a GGUF vocabulary that are recognised in text before anything is merged:
 * control, unknown and user-defined ones. The longest are looked for first, each from left to
 * right, as llama.cpp does. Thread-safe.
 */
final class SpecialTokens {

  /** A piece of text, or a token in it. */
  sealed interface Piece {
    /** Text between special tokens, not empty. */
    record Text(String text) implements Piece {}

    /** One special token. */
    record Special(int id) implements Piece {}
  }

  // llama.cpp's enum llama_token_type.
  private static final long NORMAL = 1;
  private static final long UNKNOWN = 2;
  private static final long CONTROL = 3;
  private static final long USER_DEFINED = 4;

  /**
   * Texts that llama.cpp takes for the end of a turn or of a text whatever type the file gives them
   * (llama-vocab.cpp, where it looks for end tokens).
   */
  private static final Set<String> ALWAYS_CONTROL =
      Set.of(
          "<|eot_id|>",
          "<|im_end|>",
          "<|end|>",
          "<end_of_turn>",
          "<|endoftext|>",
          "<|eom_id|>",
          "<EOT>",
          "_<EOT>",
          "<｜end▁of▁sentence｜>");

  /** llama.cpp lets the other special tokens of Phi-3 swallow the white space after them. */
  private static final Set<String> PHI3_KEEPS_SPACE_AFTER = Set.of("<unk>", "<s>", "<|endoftext|>");

  private static final Pattern STEERING =
      Pattern.compile("<[|｜].*[|｜]>|</?s>|\\[/?(INST|SYSTEM_PROMPT)\\]|<(start|end)_of_turn>");

  private record Token(String text, int id, boolean takesSpaceAfter) {}

  /** One step of all texts that share a start. */
  private static final class Node {
    private final Map<Character, Node> next = new HashMap<>();
    private Optional<Token> token = Optional.empty();
  }

  private final Node root = new Node();

  private SpecialTokens(List<Token> tokens) {
    for (Token token : tokens) {
      Node node = root;
      for (char c : token.text().toCharArray()) {
        node = node.next.computeIfAbsent(c, step -> new Node());
      }
      node.token = Optional.of(token);
    }
  }

  /** Reads which tokens of a vocabulary are special. */
  static SpecialTokens of(GgufHeader header) {
    String model = header.text("general.name").orElse("").toLowerCase(Locale.ROOT);
    boolean phi3 = model.contains("phi-3") || model.contains("phi3");
    List<Token> tokens = new ArrayList<>();
    forEachSpecial(
        header,
        (id, text) ->
            tokens.add(new Token(text, id, phi3 && !PHI3_KEEPS_SPACE_AFTER.contains(text))));
    return new SpecialTokens(tokens);
  }

  /** Returns the texts that steer a model when they stand in its prompt. */
  static Set<String> controlTexts(GgufHeader header) {
    Set<String> texts = new TreeSet<>();
    forEach(
        header,
        (id, text, type) -> {
          if (type == UNKNOWN || isControl(text, type) || (type == USER_DEFINED && steers(text))) {
            texts.add(text);
          }
        });
    return texts;
  }

  /**
   * Tells whether a token that isn't marked as special looks as if it steers a chat: older files
   * mark such tokens as plain additions.
   */
  static boolean steers(String text) {
    return STEERING.matcher(text).matches();
  }

  private static boolean isControl(String text, long type) {
    return type == CONTROL || ALWAYS_CONTROL.contains(text);
  }

  /** Is given special tokens one by one. */
  interface SpecialVisitor {
    void visit(int id, String text);
  }

  /** Visits the special tokens of a vocabulary in the order of their ids. */
  static void forEachSpecial(GgufHeader header, SpecialVisitor visitor) {
    forEach(
        header,
        (id, text, type) -> {
          if (type == UNKNOWN || type == USER_DEFINED || isControl(text, type)) {
            visitor.visit(id, text);
          }
        });
  }

  private interface Visitor {
    void visit(int id, String text, long type);
  }

  private static void forEach(GgufHeader header, Visitor visitor) {
    List<?> tokens = header.list("tokenizer.ggml.tokens");
    List<?> types = header.list("tokenizer.ggml.token_type");
    for (int id = 0; id < tokens.size(); id++) {
      long type = id < types.size() && types.get(id) instanceof Long given ? given : NORMAL;
      if (tokens.get(id) instanceof String text && !text.isEmpty()) {
        visitor.visit(id, text, type);
      }
    }
  }

  /** Splits a text at the special tokens in it. */
  List<Piece> split(String text) {
    List<Piece> pieces = text.isEmpty() ? List.of() : List.of(new Piece.Text(text));
    for (Token token : tokensIn(text)) {
      pieces = split(pieces, token);
    }
    return pieces;
  }

  /** Returns the special tokens that occur somewhere in a text, the longest first. */
  private List<Token> tokensIn(String text) {
    Set<Token> found = new HashSet<>();
    for (int start = 0; start < text.length(); start++) {
      @Nullable Node node = root;
      for (int i = start; node != null && i < text.length(); i++) {
        node = node.next.get(text.charAt(i));
        if (node != null) {
          node.token.ifPresent(found::add);
        }
      }
    }
    return found.stream()
        .sorted(
            Comparator.comparingInt((Token t) -> -t.text().getBytes(StandardCharsets.UTF_8).length)
                .thenComparingInt(Token::id))
        .toList();
  }

  private static List<Piece> split(List<Piece> pieces, Token token) {
    List<Piece> out = new ArrayList<>(pieces.size() + 2);
    for (Piece piece : pieces) {
      switch (piece) {
        case Piece.Special special -> out.add(special);
        case Piece.Text plain -> split(plain.text(), token, out);
      }
    }
    return out;
  }

  private static void split(String text, Token token, List<Piece> out) {
    int start = 0;
    for (int at = text.indexOf(token.text()); at >= 0; at = text.indexOf(token.text(), start)) {
      if (at > start) {
        out.add(new Piece.Text(text.substring(start, at)));
      }
      out.add(new Piece.Special(token.id()));
      start = at + token.text().length();
      while (token.takesSpaceAfter() && start < text.length() && isSpace(text.charAt(start))) {
        start++;
      }
    }
    if (start < text.length()) {
      out.add(new Piece.Text(start == 0 ? text : text.substring(start)));
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
