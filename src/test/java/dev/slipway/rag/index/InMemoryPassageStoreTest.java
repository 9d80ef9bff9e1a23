package dev.slipway.rag.index;

class InMemoryPassageStoreTest extends PassageStoreContract {
  @Override
  protected PassageStore emptyStore(VectorSpace space) {
    return new InMemoryPassageStore(space);
  }
}
