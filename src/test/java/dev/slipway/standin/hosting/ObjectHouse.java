package dev.slipway.standin.hosting;

import java.util.List;
import java.util.Optional;

/** Where the simulation's buckets are: in memory, or behind a server. */
public interface ObjectHouse {

  /** Makes a bucket where there is none. */
  void create(String bucket);

  /** Returns whether there is such a bucket. */
  boolean exists(String bucket);

  /** Takes an empty bucket away; returns why it can't be, if so. */
  Optional<String> remove(String bucket);

  /** Lists a bucket's keys in their order. */
  List<String> keys(String bucket);

  /** Reads an object; absent if there is none. */
  Optional<byte[]> get(String bucket, String key);

  /** Writes an object. */
  void put(String bucket, String key, byte[] body);
}
