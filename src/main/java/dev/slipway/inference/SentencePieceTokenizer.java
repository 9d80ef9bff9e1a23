package dev.slipway.inference;

import dev.slipway.model.GgufHeader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Splits text into tokens as llama.cpp does for GGUF vocabularies of the kind {@code llama}
 * (SentencePiece with scores): control tokens first, then, in each piece between them, the pair of
 * neighbours whose union is the token of the highest score is merged until none is left; characters
 * that are no token become bytes. Thread-safe.
 */
final class SentencePieceTokenizer {

  private static final char SPACE = '\u2581'; // how SentencePiece writes a space
  private static final int UNKNOWN_BYTE = -1;

  private final Map<String, Integer> ids;
  private final float[] scores;
  private final int longest;
  private final int[] bytes = new int[256];
  private final boolean prefixesSpace;
  private final boolean wordsStandAlone;
  private final SpecialTokens specials;

  private SentencePieceTokenizer(
      Map<String, Integer> ids, float[] scores, boolean prefixesSpace, SpecialTokens specials) {
    this.ids = ids;
    this.scores = scores;
    this.prefixesSpace = prefixesSpace;
    this.specials = specials;
    this.longest = ids.keySet().stream().mapToInt(String::length).max().orElse(0);
    this.wordsStandAlone = ids.keySet().stream().noneMatch(SentencePieceTokenizer::spansWords);
    Arrays.setAll(bytes, b -> ids.getOrDefault("<0x%02X>".formatted(b), UNKNOWN_BYTE));
  }

  /** Makes a tokenizer of the vocabulary in a GGUF head; absent if it has none of this kind. */
  static Optional<SentencePieceTokenizer> of(GgufHeader header) {
    List<?> tokens = header.list("tokenizer.ggml.tokens");
    List<?> scores = header.list("tokenizer.ggml.scores");
    if (!header.text("tokenizer.ggml.model").equals(Optional.of("llama"))
        || tokens.isEmpty()
        || scores.size() != tokens.size()) {
      return Optional.empty();
    }
    Map<String, Integer> ids = HashMap.newHashMap(tokens.size());
    float[] values = new float[tokens.size()];
    for (int id = 0; id < values.length; id++) {
      ids.put(String.valueOf(tokens.get(id)), id);
      values[id] = scores.get(id) instanceof Double score ? score.floatValue() : 0;
    }
    // llama.cpp's default for this kind of vocabulary.
    boolean prefixesSpace = header.flag("tokenizer.ggml.add_space_prefix").orElse(true);
    return Optional.of(
        new SentencePieceTokenizer(ids, values, prefixesSpace, SpecialTokens.of(header)));
  }

  /**
   * Returns the ids of a text's tokens, -1 for a byte that the vocabulary lacks. Control tokens
   * that are written out in the text count as such.
   */
  int[] encode(String text) {
    var out = new Ids();
    boolean first = true;
    for (SpecialTokens.Piece piece : specials.split(Texts.whole(text))) {
      switch (piece) {
        case SpecialTokens.Piece.Special special -> {
          out.add(special.id());
          first = true;
        }
        case SpecialTokens.Piece.Text plain -> {
          String escaped = plain.text().replace(' ', SPACE);
          merge(prefixesSpace && first ? SPACE + escaped : escaped, out);
          first = false;
        }
      }
    }
    return out.toArray();
  }

  /** Tells whether a token has a space after something else: then merges may cross words. */
  private static boolean spansWords(String token) {
    for (int i = 1; i < token.length(); i++) {
      if (token.charAt(i) == SPACE && token.charAt(i - 1) != SPACE) {
        return true;
      }
    }
    return false;
  }

  /** Merges word by word where no token spans two: the same result, in memory for one word. */
  private void merge(String text, Ids out) {
    int start = 0;
    for (int i = 1; wordsStandAlone && i < text.length(); i++) {
      if (text.charAt(i) == SPACE && text.charAt(i - 1) != SPACE) {
        new Word(text.substring(start, i)).merge(out);
        start = i;
      }
    }
    new Word(text.substring(start)).merge(out);
  }

  /**
   * Two neighbours whose union is a token.
   *
   * @param left the symbol that the union starts with
   * @param length how long it is: if the neighbours have changed since, it no longer fits
   */
  private record Pair(float score, int left, int length) implements Comparable<Pair> {
    @Override
    public int compareTo(Pair other) {
      int higherScore = Float.compare(other.score, score);
      return higherScore != 0 ? higherScore : Integer.compare(left, other.left);
    }
  }

  /** One run of symbols; a symbol is known by where it starts, and gone when its length is 0. */
  private final class Word {
    private final String text;
    private final int[] lengths;
    private final int[] previous;
    private final PriorityQueue<Pair> pairs = new PriorityQueue<>();

    Word(String text) {
      this.text = text;
      this.lengths = new int[text.length()];
      this.previous = new int[text.length()];
      int before = -1;
      for (int i = 0; i < text.length(); i += lengths[i]) {
        lengths[i] = Character.charCount(text.codePointAt(i));
        previous[i] = before;
        before = i;
      }
    }

    void merge(Ids out) {
      for (int i = 0; i < text.length(); i += lengths[i]) {
        offer(i);
      }
      for (Pair best = pairs.poll(); best != null; best = pairs.poll()) {
        int right = next(best.left());
        if (lengths[best.left()] == 0
            || right == text.length()
            || lengths[best.left()] + lengths[right] != best.length()) {
          continue;
        }
        lengths[best.left()] = best.length();
        lengths[right] = 0;
        int after = next(best.left());
        if (after < text.length()) {
          previous[after] = best.left();
        }
        if (previous[best.left()] >= 0) {
          offer(previous[best.left()]);
        }
        offer(best.left());
      }
      for (int i = 0; i < text.length(); i += lengths[i]) {
        emit(i, out);
      }
    }

    private int next(int symbol) {
      return symbol + lengths[symbol];
    }

    /** Takes down the union of a symbol and the one after it, if that is a token. */
    private void offer(int left) {
      int right = next(left);
      if (right == text.length()) {
        return;
      }
      int length = lengths[left] + lengths[right];
      Integer id = length > longest ? null : ids.get(text.substring(left, left + length));
      if (id != null) {
        pairs.add(new Pair(scores[id], left, length));
      }
    }

    private void emit(int symbol, Ids out) {
      String piece = text.substring(symbol, next(symbol));
      Integer id = ids.get(piece);
      if (id != null) {
        out.add(id);
        return;
      }
      for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
        out.add(bytes[b & 0xff]);
      }
    }
  }

  /** A growing row of ids. */
  private static final class Ids {
    private int[] values = new int[64];
    private int size;

    void add(int id) {
      if (size == values.length) {
        values = Arrays.copyOf(values, 2 * size);
      }
      values[size++] = id;
    }

    int[] toArray() {
      return Arrays.copyOf(values, size);
    }
  }
}
