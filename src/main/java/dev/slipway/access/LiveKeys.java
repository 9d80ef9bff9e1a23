package dev.slipway.access;

import dev.slipway.failure.Failure;
import dev.slipway.failure.OperationFailed;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows the keys of a store, and follows what becomes of them: the book is read anew at each of the
 * store's intervals. While it can't be read the keys known last hold, but not for longer than an
 * hour: a key that was revoked must not live on because of an outage. Thread-safe.
 */
public final class LiveKeys implements Credentials, AutoCloseable {
  static final Duration STALE = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(LiveKeys.class);

  /** One answer for all three, so that it can't be found out which keys there were. */
  private static final String NOT_GOOD = "The API key is unknown, expired or revoked.";

  private final KeyStore store;
  private final InstantSource clock;
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("slipway-api-keys").factory());
  private final Future<?> following;
  private volatile Read known;

  private record Read(KeyBook book, long atMillis) {}

  /**
   * Reads the keys, and begins to follow them.
   *
   * @throws Failure if they can't be read now
   */
  public LiveKeys(KeyStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
    this.known = new Read(store.read(), clock.millis());
    long millis = store.interval().toMillis();
    following = timer.scheduleWithFixedDelay(this::refresh, millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Returns whether there is a key at all. */
  public boolean any() {
    return !known.book().keys().isEmpty();
  }

  void refresh() {
    try {
      known = new Read(store.read(), clock.millis());
    } catch (RuntimeException e) {
      // Its code says what kind it is; the message of a store could quote what it holds.
      LOG.warn(
          "Cannot read the API keys of {}: {}",
          store.place(),
          e instanceof Failure failure ? failure.code() : e.getClass().getName());
    }
  }

  @Override
  public Optional<Identity> identify(String token) {
    if (!ApiKey.claimed(token)) {
      return Optional.empty();
    }
    if (!ApiKey.whole(token)) {
      throw new Denied("The API key is incomplete or mistyped: its checksum is wrong.");
    }
    Read read = known;
    if (clock.millis() - read.atMillis() > STALE.toMillis()) {
      throw new OperationFailed(
          "keys_unavailable",
          "Cannot check API keys",
          "where they are kept was not reached for an hour",
          "Try again later; the service's log says more.",
          true,
          null);
    }
    byte[] hash = ApiKey.hash(token).getBytes(StandardCharsets.US_ASCII);
    return Optional.of(
        read.book()
            .find(ApiKey.id(token))
            .filter(
                key -> MessageDigest.isEqual(key.hash().getBytes(StandardCharsets.US_ASCII), hash))
            .filter(key -> !key.expired(clock.instant()))
            .orElseThrow(() -> new Denied(NOT_GOOD))
            .identity());
  }

  @Override
  public void close() {
    following.cancel(true);
    timer.shutdownNow();
  }
}
