package dev.slipway.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.slipway.endpoint.Deadline;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;

/**
 * Keeps a collection to one writer. Qdrant has no locks, so that this is a note with a name and a
 * time in it, read again after it is written and before each commit: of two that take it at the
 * same moment, the one whose note was overwritten finds out before anything of its own is seen. A
 * writer that was killed holds it until its time is over. For one thread.
 */
final class QdrantLease {

  /** Longer than the embedding of a large document; clocks may differ by a part of it. */
  static final Duration TIME = Duration.ofMinutes(2);

  private final QdrantCollection collection;
  private final QdrantFailures failures;
  private final Clock clock;
  private final String holder = UUID.randomUUID().toString();

  private QdrantLease(QdrantCollection collection, QdrantFailures failures, Clock clock) {
    this.collection = collection;
    this.failures = failures;
    this.clock = clock;
  }

  /** Takes the lease; fails as {@code index_locked} if another holds it. */
  static QdrantLease take(
      QdrantCollection collection, QdrantFailures failures, Clock clock, Deadline deadline) {
    QdrantLease lease = new QdrantLease(collection, failures, clock);
    JsonNode held = collection.read(QdrantCollection.LEASE, deadline);
    if (held.path("until").asLong(0) > clock.millis()) {
      throw failures.locked(collection.name());
    }
    lease.write(deadline);
    lease.check(deadline);
    return lease;
  }

  /** Holds it for longer; fails as {@code index_locked} if another has taken it. */
  void renew(Deadline deadline) {
    check(deadline);
    write(deadline);
  }

  /** Lets go of it, if it is still this one's. */
  void release(Deadline deadline) {
    if (isMine(deadline)) {
      collection.delete(QdrantCollection.LEASE, deadline);
    }
  }

  /** Returns whether no other has taken it. */
  boolean isMine(Deadline deadline) {
    JsonNode held = collection.read(QdrantCollection.LEASE, deadline);
    return held.path("holder").asText().equals(holder);
  }

  private void check(Deadline deadline) {
    if (!isMine(deadline)) {
      throw failures.locked(collection.name());
    }
  }

  private void write(Deadline deadline) {
    collection.write(
        QdrantCollection.LEASE,
        JsonNodeFactory.instance
            .objectNode()
            .put("holder", holder)
            .put("until", clock.millis() + TIME.toMillis()),
        deadline);
  }
}
