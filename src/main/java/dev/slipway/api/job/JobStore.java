package dev.slipway.api.job;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Keeps small documents by name, for services that may share them. Questions are in them: nobody
 * else may read them. Thread-safe.
 */
public interface JobStore extends AutoCloseable {

  /**
   * One document.
   *
   * @param version changes with every write
   */
  record Kept(byte[] body, String version) {}

  /** What is known of a document without reading it. */
  record Entry(String name, Instant modified) {}

  /**
   * Writes a new document.
   *
   * @param name of a-z, 0-9 and hyphens
   * @return whether it was written: not if there is one of that name
   */
  boolean add(String name, byte[] body);

  /** Reads a document; absent if there is none. */
  Optional<Kept> read(String name);

  /**
   * Writes a document over the version that was read.
   *
   * @return whether it was written: not if it was changed or removed since
   */
  boolean replace(String name, String version, byte[] body);

  /** Lists the documents whose names begin so. */
  List<Entry> list(String prefix);

  /** Removes a document; an absent one is no failure. */
  void remove(String name);

  @Override
  void close();
}
