package dev.slipway.api.job;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Keeps jobs in memory; what one service leaves another finds. Passes the store's contract. */
public final class MemoryJobStore implements JobStore {
  private record Stored(byte[] body, long version, Instant modified) {}

  private final Map<String, Stored> stored = new TreeMap<>();
  private final InstantSource clock;
  private long versions;

  /** Makes an empty one on the system's clock. */
  public MemoryJobStore() {
    this(InstantSource.system());
  }

  MemoryJobStore(InstantSource clock) {
    this.clock = clock;
  }

  /** Returns all that is kept, as text. */
  public synchronized String dump() {
    StringBuilder all = new StringBuilder();
    stored
        .values()
        .forEach(
            each -> all.append(new String(each.body(), java.nio.charset.StandardCharsets.UTF_8)));
    return all.toString();
  }

  @Override
  public synchronized boolean add(String name, byte[] body) {
    return stored.putIfAbsent(name, new Stored(body, ++versions, clock.instant())) == null;
  }

  @Override
  public synchronized Optional<Kept> read(String name) {
    return Optional.ofNullable(stored.get(name))
        .map(each -> new Kept(each.body(), Long.toString(each.version())));
  }

  @Override
  public synchronized boolean replace(String name, String version, byte[] body) {
    if (read(name).filter(kept -> kept.version().equals(version)).isEmpty()) {
      return false;
    }
    stored.put(name, new Stored(body, ++versions, clock.instant()));
    return true;
  }

  @Override
  public synchronized List<Entry> list(String prefix) {
    List<Entry> entries = new ArrayList<>();
    stored.forEach(
        (name, each) -> {
          if (name.startsWith(prefix)) {
            entries.add(new Entry(name, each.modified()));
          }
        });
    return entries;
  }

  @Override
  public synchronized void remove(String name) {
    stored.remove(name);
  }

  @Override
  public void close() {}
}
