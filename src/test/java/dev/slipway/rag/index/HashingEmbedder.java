package dev.slipway.rag.index;

import dev.slipway.rag.Embedder;
import java.util.List;
import java.util.Locale;

/** Embeds by counting words in hashed places: texts with the same words have the same direction. */
public final class HashingEmbedder implements Embedder {

  private final String name;
  private final int dimensions;

  /** Makes an embedder of 64 dimensions. */
  public HashingEmbedder() {
    this("hashing-64", 64);
  }

  /** Makes an embedder of another name and size. */
  public HashingEmbedder(String name, int dimensions) {
    this.name = name;
    this.dimensions = dimensions;
  }

  @Override
  public int dimensions() {
    return dimensions;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<float[]> embedPassages(List<String> passages) {
    return passages.stream().map(this::embedQuestion).toList();
  }

  @Override
  public float[] embedQuestion(String question) {
    float[] vector = new float[dimensions];
    for (String word : question.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)) {
      if (!word.isEmpty()) {
        vector[Math.floorMod(word.hashCode(), dimensions)] += 1;
      }
    }
    return vector;
  }
}
