package dev.slipway.rag.index;

import dev.slipway.rag.Embedder;

/**
 * Names the embedder whose vectors a store holds: vectors of two embedders can't be compared, so a
 * store keeps to one.
 *
 * @param embedder {@link Embedder#name}
 * @param dimensions the length of every vector, at least 1
 */
public record VectorSpace(String embedder, int dimensions) {

  /** Checks the dimensions. */
  public VectorSpace {
    if (dimensions < 1) {
      throw new IllegalArgumentException("dimensions: must be at least 1, is " + dimensions);
    }
  }

  /** Returns the space of the given embedder's vectors. */
  public static VectorSpace of(Embedder embedder) {
    return new VectorSpace(embedder.name(), embedder.dimensions());
  }

  @Override
  public String toString() {
    return embedder + " (" + dimensions + " dimensions)";
  }
}
