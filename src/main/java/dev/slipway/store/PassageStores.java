package dev.slipway.store;

import dev.slipway.rag.index.PassagePlace;
import dev.slipway.rag.index.PassageStore;
import dev.slipway.rag.index.VectorSpace;

/** Opens the store that fits a place. */
public final class PassageStores {

  private PassageStores() {}

  /**
   * Opens a store, without touching its place yet.
   *
   * @param space whose vectors it holds
   */
  public static PassageStore open(PassagePlace place, VectorSpace space) {
    return switch (place) {
      case PassagePlace.Folder folder -> new LuceneStore(folder.path(), space);
      case PassagePlace.Qdrant server -> new QdrantStore(server, space);
    };
  }
}
