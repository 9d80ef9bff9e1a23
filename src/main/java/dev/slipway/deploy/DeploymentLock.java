package dev.slipway.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.slipway.failure.CloudFailure;
import dev.slipway.failure.LockHeld;
import dev.slipway.failure.UsageFailure;
import dev.slipway.model.mirror.Bucket;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Lets one run at a time change an environment: one object in the store's bucket, made only if
 * there is none, renewed while its holder lives, and taken over where the holder is gone.
 * Thread-safe.
 */
public final class DeploymentLock implements AutoCloseable {
  /** How long a lock that nobody renews still holds: ten missed renewals. */
  static final Duration STALE = Duration.ofMinutes(10);

  /** How often a holder renews. */
  public static final Duration RENEWAL = Duration.ofMinutes(1);

  private static final String TYPE = "application/json";
  private static final int TRIES = 5;
  private static final JsonMapper JSON = new JsonMapper();

  private final Bucket bucket;
  private final String key;
  private final Pace pace;
  private LockRecord mine;
  private String etag;
  private boolean lost;

  private DeploymentLock(Bucket bucket, String key, Pace pace, LockRecord mine, String etag) {
    this.bucket = bucket;
    this.key = key;
    this.pace = pace;
    this.mine = mine;
    this.etag = etag;
  }

  /**
   * Takes the lock.
   *
   * @param who the caller's ARN
   * @throws LockHeld if another run holds it, saying who, from where and since when
   */
  public static DeploymentLock acquire(
      Bucket bucket, String key, String who, Presence presence, Pace pace) {
    Presence.Running here = presence.here();
    String now = pace.now().truncatedTo(ChronoUnit.SECONDS).toString();
    var mine =
        new LockRecord(
            UUID.randomUUID().toString().substring(0, 8),
            who,
            here.host(),
            here.machine(),
            here.pid(),
            here.started(),
            now,
            now);
    try {
      return acquire(bucket, key, mine, presence, pace);
    } catch (CloudFailure unknown) {
      // The write may have been accepted: take it back, or it would hold until it is stale.
      releaseQuietly(new DeploymentLock(bucket, key, pace, mine, ""));
      throw unknown;
    }
  }

  private static DeploymentLock acquire(
      Bucket bucket, String key, LockRecord mine, Presence presence, Pace pace) {
    byte[] body = bytes(mine);
    for (int attempt = 0; attempt < TRIES; attempt++) {
      Optional<String> made = bucket.putIfAbsent(key, body, TYPE);
      if (made.isPresent()) {
        return new DeploymentLock(bucket, key, pace, mine, made.get());
      }
      // The tag before the content: if the object changes between, the write below fails.
      Optional<Bucket.Item> item = bucket.head(key);
      Optional<byte[]> content = bucket.get(key);
      if (item.isEmpty() || content.isEmpty()) {
        continue;
      }
      Optional<LockRecord> holder = read(content.get());
      if (holder.isPresent() && holder.get().id().equals(mine.id())) {
        return new DeploymentLock(bucket, key, pace, mine, item.get().etag());
      }
      if (holder.isPresent() && !over(holder.get(), presence, pace.now())) {
        throw held(holder.get());
      }
      Optional<String> taken = bucket.putIfUnchanged(key, item.get().etag(), body, TYPE);
      if (taken.isPresent()) {
        return new DeploymentLock(bucket, key, pace, mine, taken.get());
      }
    }
    throw new LockHeld(
        "Cannot take the lock " + key,
        "others take and release it all the time.",
        "Deploy again in a moment.");
  }

  /** Returns who holds the lock, absent if nobody does, or nobody who still lives. */
  public static Optional<LockRecord> holder(
      Bucket bucket, String key, Presence presence, Pace pace) {
    return bucket
        .get(key)
        .flatMap(DeploymentLock::read)
        .filter(holder -> !over(holder, presence, pace.now()));
  }

  /** Removes a lock whose holder is gone; any other is left alone. */
  static void sweep(Bucket bucket, String key, Presence presence, Pace pace) {
    Optional<byte[]> content = bucket.get(key);
    if (content.isPresent()
        && content
            .flatMap(DeploymentLock::read)
            .filter(one -> !over(one, presence, pace.now()))
            .isEmpty()) {
      // Taken over before it is removed, so that nobody else's is.
      acquire(bucket, key, "", presence, pace).close();
    }
  }

  static LockHeld held(LockRecord holder) {
    return new LockHeld(
        "Another run works on this environment",
        "%s holds the lock %s since %s, from process %d on %s."
            .formatted(holder.who(), holder.id(), holder.since(), holder.pid(), holder.host()),
        "Wait for it (`slipway status --watch`); if you know that it is gone: `slipway unlock "
            + holder.id()
            + "`.");
  }

  /**
   * Removes the lock of a run.
   *
   * @throws UsageFailure if it isn't that run that holds it
   */
  static void unlock(Bucket bucket, String key, String id) {
    Optional<LockRecord> holder = bucket.get(key).flatMap(DeploymentLock::read);
    if (holder.isPresent() && holder.get().id().equals(id)) {
      bucket.delete(List.of(key));
      return;
    }
    throw new UsageFailure(
        "Cannot remove the lock " + id,
        holder
            .map(other -> "the run that holds it is " + other.id() + ", of " + other.who() + ".")
            .orElse("no run holds it."),
        holder
            .map(other -> "If that one is gone: `slipway unlock " + other.id() + "`.")
            .orElse("Nothing needs to be done."));
  }

  private static boolean over(LockRecord holder, Presence presence, Instant now) {
    if (presence.gone(holder.process())) {
      return true;
    }
    try {
      return Instant.parse(holder.renewed()).plus(STALE).isBefore(now);
    } catch (DateTimeParseException unreadable) {
      return true;
    }
  }

  /** Returns this run's id. */
  synchronized String id() {
    return mine.id();
  }

  /** Shows that this run lives. Failures are left to the next renewal. */
  public synchronized void renew() {
    try {
      renewOnce();
    } catch (CloudFailure later) {
      org.slf4j.LoggerFactory.getLogger(DeploymentLock.class)
          .debug("The lock could not be renewed", later);
    }
  }

  /** Shows that this run lives, if it is time to. */
  synchronized void renewIfDue() {
    if (!pace.now().isBefore(Instant.parse(mine.renewed()).plus(RENEWAL))) {
      renew();
    }
  }

  private boolean renewOnce() {
    if (lost) {
      return false;
    }
    LockRecord next = mine.renewedAt(pace.now());
    Optional<String> written =
        bucket.putIfUnchanged(key, etag, bytes(next), TYPE).or(this::mineByLostReply);
    lost = written.isEmpty();
    written.ifPresent(tag -> etag = tag);
    mine = next;
    return !lost;
  }

  /** A renewal whose reply was lost, or a lock whose tag isn't known, is still this run's. */
  private Optional<String> mineByLostReply() {
    Optional<Bucket.Item> item = bucket.head(key);
    return bucket
        .get(key)
        .flatMap(DeploymentLock::read)
        .filter(holder -> holder.id().equals(mine.id()))
        .flatMap(_ -> item.map(Bucket.Item::etag));
  }

  /**
   * Makes sure that this run still holds the lock, before it begins something.
   *
   * @throws LockHeld if another took it over, or somebody removed it
   */
  public synchronized void insist() {
    if (!renewOnce()) {
      throw new LockHeld(
          "This run no longer holds the lock of its environment",
          "another took it over, or it was removed.",
          "See who works on it with `slipway status`, then deploy again.");
    }
  }

  /** Releases the lock, if it is still this run's. What can't be released heals by itself. */
  @Override
  public void close() {
    releaseQuietly(this);
  }

  private static void releaseQuietly(DeploymentLock lock) {
    try {
      lock.release();
    } catch (CloudFailure heals) {
      org.slf4j.LoggerFactory.getLogger(DeploymentLock.class)
          .debug("The lock could not be released; it will count as stale", heals);
    }
  }

  private synchronized void release() {
    if (!lost && mineByLostReply().isPresent()) {
      bucket.delete(List.of(key));
    }
    lost = true;
  }

  private static byte[] bytes(LockRecord lock) {
    try {
      return JSON.writeValueAsBytes(lock);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a lock is always JSON", e);
    }
  }

  /** A lock that can't be read names no holder: it is taken over. */
  private static Optional<LockRecord> read(byte[] body) {
    try {
      return Optional.ofNullable(JSON.readValue(body, LockRecord.class));
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }
}
