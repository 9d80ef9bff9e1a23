package dev.slipway.inference;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Runs Hugging Face's tokenizers library, which DJL brings as native code. Thread-safe; its memory
 * is kept until the process ends.
 */
final class NativeTokenizer {

  // DJL tells its makers of every start on an EC2 machine, and fetches a library that its jar
  // lacks, unless it is offline.
  private static final String OFFLINE = "ai.djl.offline";

  private final HuggingFaceTokenizer tokenizer;

  private NativeTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** Opens a {@code tokenizer.json} whose encodings stop at so many tokens. */
  static NativeTokenizer truncating(InputStream json, int maxTokens) throws IOException {
    return open(
        json.readAllBytes(),
        Map.of("truncation", "true", "maxLength", Integer.toString(maxTokens)));
  }

  /** Opens a {@code tokenizer.json} that counts texts of any length. */
  static NativeTokenizer whole(byte[] json) throws IOException {
    return open(json, Map.of("truncation", "false"));
  }

  private static NativeTokenizer open(byte[] json, Map<String, String> more) throws IOException {
    System.setProperty(OFFLINE, "true");
    var options = new HashMap<>(more);
    options.put("padding", "false");
    options.put("modelMaxLength", Integer.toString(Integer.MAX_VALUE));
    String text = Texts.whole(new String(json, StandardCharsets.UTF_8));
    return new NativeTokenizer(
        HuggingFaceTokenizer.newInstance(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), options));
  }

  /** Encodes a text, with the model's begin and end tokens if they are wanted. */
  Encoding encode(String text, boolean addSpecialTokens) {
    return tokenizer.encode(Texts.whole(text), addSpecialTokens, false);
  }

  /** Encodes two texts as one, divided as the model wants it. */
  Encoding encodePair(String first, String second) {
    return tokenizer.encode(Texts.whole(first), Texts.whole(second), true, false);
  }

  /** Counts a text's tokens without begin and end tokens. */
  int count(String text) {
    return encode(text, false).getIds().length;
  }
}
