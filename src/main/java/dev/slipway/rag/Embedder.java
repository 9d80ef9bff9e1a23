package dev.slipway.rag;

import java.util.List;

/** Turns text into vectors whose angle says how close in meaning they are. Thread-safe. */
public interface Embedder {

  /** Returns the length of every vector. */
  int dimensions();

  /** Returns a name that changes whenever the vectors would. */
  String name();

  /** Embeds passages, in their order. */
  List<float[]> embedPassages(List<String> passages);

  /** Embeds a question. */
  float[] embedQuestion(String question);
}
