package dev.slipway.inference;

import dev.slipway.model.GgufBytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Makes a Llama of a few weights that llama.cpp loads, around a vocabulary under test. */
final class TinyGguf {

  private static final int WIDTH = 32;

  private TinyGguf() {}

  /** Returns a model with a byte-pair vocabulary: all bytes, some merges, some control tokens. */
  static byte[] bytePair(String pre, List<String> merges, List<String> controls) {
    List<String> tokens = new ArrayList<>(byteLevelAlphabet());
    merges.forEach(merge -> tokens.add(merge.replace(" ", "")));
    List<Integer> types = new ArrayList<>(Collections.nCopies(tokens.size(), 1));
    tokens.addAll(controls);
    types.addAll(Collections.nCopies(controls.size(), 3));
    var bytes =
        new GgufBytes()
            .text("general.architecture", "llama")
            .number("llama.context_length", 64)
            .number("llama.embedding_length", WIDTH)
            .number("llama.block_count", 1)
            .number("llama.feed_forward_length", WIDTH)
            .number("llama.attention.head_count", 1)
            .real("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .number("llama.vocab_size", tokens.size())
            .text("tokenizer.ggml.model", "gpt2")
            .text("tokenizer.ggml.pre", pre)
            .texts("tokenizer.ggml.tokens", tokens)
            .numbers("tokenizer.ggml.token_type", types)
            .texts("tokenizer.ggml.merges", merges)
            .number("tokenizer.ggml.bos_token_id", tokens.size() - 1)
            .number("tokenizer.ggml.eos_token_id", tokens.size() - 1);
    return bytes
        .tensor("token_embd.weight", weights(WIDTH * tokens.size()), WIDTH, tokens.size())
        .tensor("output_norm.weight", weights(WIDTH), WIDTH)
        .tensor("blk.0.attn_norm.weight", weights(WIDTH), WIDTH)
        .tensor("blk.0.attn_q.weight", weights(WIDTH * WIDTH), WIDTH, WIDTH)
        .tensor("blk.0.attn_k.weight", weights(WIDTH * WIDTH), WIDTH, WIDTH)
        .tensor("blk.0.attn_v.weight", weights(WIDTH * WIDTH), WIDTH, WIDTH)
        .tensor("blk.0.attn_output.weight", weights(WIDTH * WIDTH), WIDTH, WIDTH)
        .tensor("blk.0.ffn_norm.weight", weights(WIDTH), WIDTH)
        .tensor("blk.0.ffn_gate.weight", weights(WIDTH * WIDTH), WIDTH, WIDTH)
        .tensor("blk.0.ffn_up.weight", weights(WIDTH * WIDTH), WIDTH, WIDTH)
        .tensor("blk.0.ffn_down.weight", weights(WIDTH * WIDTH), WIDTH, WIDTH)
        .bytes();
  }

  /** Returns GPT-2's letters for the 256 bytes: printable ones stand for themselves. */
  private static List<String> byteLevelAlphabet() {
    List<String> letters = new ArrayList<>();
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean itself = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      letters.add(Character.toString(itself ? b : next++));
    }
    return letters;
  }

  private static float[] weights(int count) {
    var random = new Random(count);
    float[] weights = new float[count];
    for (int i = 0; i < count; i++) {
      weights[i] = (float) random.nextGaussian() / 10;
    }
    return weights;
  }
}
