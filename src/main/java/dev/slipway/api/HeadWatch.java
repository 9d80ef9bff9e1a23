package dev.slipway.api;

import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.Optional;

/**
 * Closes connections whose clients send the head of a request header by header, for ever: Helidon
 * waits for them as long as they like. Thread-safe.
 */
final class HeadWatch implements Http1ConnectionListener {
  /** Far more than the slowest line needs for the 16 KB that a head may have. */
  private static final Duration MOST = Duration.ofSeconds(10);

  private final Watchdog watchdog;
  private final Duration patience;

  /** Each connection has a thread of its own, which reads its heads one after the other. */
  private final ThreadLocal<Optional<Watchdog.Leash>> leash =
      ThreadLocal.withInitial(Optional::empty);

  /**
   * Makes one.
   *
   * @param deadline of a whole question: its head takes no longer
   */
  HeadWatch(Watchdog watchdog, Duration deadline) {
    this.watchdog = watchdog;
    this.patience = deadline.compareTo(MOST) < 0 ? deadline : MOST;
  }

  @Override
  public void prologue(ConnectionContext connection, HttpPrologue prologue) {
    leash.set(Optional.of(watchdog.leash(patience)));
  }

  @Override
  public void headers(ConnectionContext connection, Headers headers) {
    leash.get().ifPresent(Watchdog.Leash::close);
    leash.remove();
  }
}
