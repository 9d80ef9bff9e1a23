package dev.slipway.inference;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.model.GgufHeader;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns the byte-pair vocabulary in a GGUF head into the {@code tokenizer.json} that it was made
 * from, as far as counting needs it, for {@link NativeTokenizer}.
 */
final class BytePairTokenizer {

  private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

  /** How words are cut before pairs merge: the patterns of llama.cpp's llama-vocab.cpp. */
  private static final Map<String, String> WORDS =
      Map.of(
          "gpt-2",
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          "llama-bpe",
          CONTRACTIONS
              + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
              + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
          "qwen2",
          CONTRACTIONS
              + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
              + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");

  /** Names that llama.cpp treats alike. */
  private static final Map<String, String> ALIASES =
      Map.of("llama3", "llama-bpe", "llama-v3", "llama-bpe", "deepseek-r1-qwen", "qwen2");

  private static final JsonMapper JSON = new JsonMapper();

  private BytePairTokenizer() {}

  /** Returns the {@code tokenizer.json}; absent for a vocabulary of another or an unknown kind. */
  static Optional<byte[]> json(GgufHeader header) throws IOException {
    List<?> tokens = header.list("tokenizer.ggml.tokens");
    List<?> merges = header.list("tokenizer.ggml.merges");
    String pre = header.text("tokenizer.ggml.pre").orElse("");
    String kind = ALIASES.getOrDefault(pre, pre);
    if (!header.text("tokenizer.ggml.model").equals(Optional.of("gpt2"))
        || !WORDS.containsKey(kind)
        || tokens.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode document = JSON.createObjectNode();
    document.put("version", "1.0");
    ArrayNode added = document.putArray("added_tokens");
    SpecialTokens.forEachSpecial(header, (id, text) -> addToken(added, id, text));
    preTokenizer(document.putObject("pre_tokenizer"), WORDS.getOrDefault(kind, ""));
    ObjectNode model = document.putObject("model");
    model.put("type", "BPE");
    // Llama 3 takes a whole word that is a token as it is, whatever its merges say.
    model.put("ignore_merges", kind.equals("llama-bpe"));
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.put(String.valueOf(tokens.get(id)), id);
    }
    ArrayNode pairs = model.putArray("merges");
    for (Object merge : merges) {
      // A token of the vocabulary may start with a space that is meant: the pair's gap is later.
      String pair = String.valueOf(merge);
      int gap = pair.indexOf(' ', 1);
      if (gap > 0) {
        pairs.addArray().add(pair.substring(0, gap)).add(pair.substring(gap + 1));
      }
    }
    return Optional.of(JSON.writeValueAsBytes(document));
  }

  private static void addToken(ArrayNode added, int id, String text) {
    added
        .addObject()
        .put("id", id)
        .put("content", text)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  private static void preTokenizer(ObjectNode node, String words) {
    node.put("type", "Sequence");
    ArrayNode steps = node.putArray("pretokenizers");
    ObjectNode split = steps.addObject();
    split.put("type", "Split").put("behavior", "Isolated").put("invert", false);
    split.putObject("pattern").put("Regex", words);
    steps
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", false);
  }
}
