package dev.slipway.local.container;

import dev.slipway.model.GgufHeader;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Counts tokens as the model does. The library tokenizes, but adds no begin or end token when asked
 * to only count: which ones a prompt gets is in the file's head. Thread-safe.
 */
final class TokenCount {
  // llama.cpp's own defaults for files that don't say: these kinds begin with a token.
  private static final Set<String> BEGIN_BY_KIND = Set.of("llama", "bert", "t5");
  private static final Set<String> BEGIN_BY_SPLITTER =
      Set.of("llama3", "llama-v3", "llama-bpe", "falcon3");

  private final Function<String, int[]> encode;
  private final int added;
  private final Optional<String> begin;
  private final int newline;

  TokenCount(Function<String, int[]> encode, GgufHeader header) {
    this.encode = encode;
    boolean adds = addsBegin(header);
    this.added = (adds ? 1 : 0) + (flag(header, "tokenizer.ggml.add_eos_token", false) ? 1 : 0);
    this.begin = adds ? word(header, "tokenizer.ggml.bos_token_id") : Optional.empty();
    this.newline = encode.apply("\n").length;
  }

  /** Returns how many tokens the model gets for a prompt. */
  int prompt(String prompt) {
    return encode.apply(prompt).length + added;
  }

  /** Returns the prompt without a begin token at its start, where the engine adds one itself. */
  String withoutBegin(String prompt) {
    return begin.filter(prompt::startsWith).map(b -> prompt.substring(b.length())).orElse(prompt);
  }

  /**
   * Returns how many tokens one output of the engine stands for: one, or all those of a character
   * that took several.
   */
  int piece(String text) {
    boolean ascii = text.chars().allMatch(c -> c < 0x80);
    // Behind a line break, no token reaches over the edge, and no space is put before the text.
    return ascii ? 1 : Math.max(1, encode.apply("\n" + text).length - newline);
  }

  /** Returns the id of the last token of a text that doesn't begin a prompt; -1 if it has none. */
  int lastId(String text) {
    int[] ids = encode.apply("\n" + text);
    return ids.length > newline ? ids[ids.length - 1] : -1;
  }

  private static boolean addsBegin(GgufHeader header) {
    boolean otherwise =
        header.text("tokenizer.ggml.model").filter(BEGIN_BY_KIND::contains).isPresent()
            || header.text("tokenizer.ggml.pre").filter(BEGIN_BY_SPLITTER::contains).isPresent();
    return flag(header, "tokenizer.ggml.add_bos_token", otherwise);
  }

  private static boolean flag(GgufHeader header, String key, boolean otherwise) {
    return header.metadata().get(key) instanceof Boolean value ? value : otherwise;
  }

  private static Optional<String> word(GgufHeader header, String key) {
    return header.metadata().get(key) instanceof Long id
            && header.metadata().get("tokenizer.ggml.tokens") instanceof List<?> words
            && id >= 0
            && id < words.size()
            && words.get(id.intValue()) instanceof String word
            && !word.isEmpty()
        ? Optional.of(word)
        : Optional.empty();
  }
}
