package dev.slipway.model.mirror;

/** Holds the bucket in memory to what the adapter is held to. */
final class FakeBucketTest extends BucketContract {

  @Override
  protected Bucket open() {
    return new FakeBucket("models", 5 << 20, new FakeBucket.Contents());
  }
}
