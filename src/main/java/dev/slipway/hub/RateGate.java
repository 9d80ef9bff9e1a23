package dev.slipway.hub;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds all threads back while the Hub asks for it: one that is told to wait stops the others from
 * using up the next window as well. Thread-safe.
 */
final class RateGate {

  /** The Hub counts in windows of five minutes; after two of them, waiting doesn't help. */
  static final Duration LONGEST = Duration.ofMinutes(11);

  // IETF draft-ietf-httpapi-ratelimit-headers: "api";r=0;t=55 says that 55 s are left.
  private static final Pattern RESET =
      Pattern.compile("r\\s*=\\s*0\\s*;\\s*t\\s*=\\s*([0-9]{1,6})");

  private final Waiting waiting;
  private final Consumer<String> notices;
  private Instant open = Instant.EPOCH;

  RateGate(Waiting waiting, Consumer<String> notices) {
    this.waiting = waiting;
    this.notices = notices;
  }

  /** Waits until requests may go out. */
  void pass() throws InterruptedException {
    for (Duration left = left(); left.isPositive(); left = left()) {
      waiting.pause(left);
    }
  }

  private synchronized Duration left() {
    return Duration.between(waiting.now(), open);
  }

  /**
   * Closes the gate as an answer 429 asks for.
   *
   * @param attempt counts them for one request, from 1 on; says the wait where the answer doesn't
   * @return how long it will be closed
   */
  Duration close(HttpHeaders headers, int attempt) {
    Duration wait =
        asked(headers)
            .orElse(Duration.ofSeconds(Math.min(60, 5L << Math.min(attempt, 5))))
            // One more, since the answer counts in whole seconds.
            .plusSeconds(1);
    if (wait.compareTo(LONGEST) > 0) {
      return wait;
    }
    boolean news;
    synchronized (this) {
      news = !left().isPositive();
      Instant until = waiting.now().plus(wait);
      open = until.isAfter(open) ? until : open;
    }
    if (news) {
      notices.accept("The Hub limits its rate: going on in " + wait.toSeconds() + " s.");
    }
    return wait;
  }

  private Optional<Duration> asked(HttpHeaders headers) {
    return headers
        .firstValue("Retry-After")
        .flatMap(this::retryAfter)
        .or(() -> headers.firstValue("RateLimit").flatMap(RateGate::reset));
  }

  private Optional<Duration> retryAfter(String text) {
    if (text.matches("[0-9]{1,6}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration until = Duration.between(waiting.now(), then);
      return Optional.of(until.isNegative() ? Duration.ZERO : until);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> reset(String text) {
    Matcher matcher = RESET.matcher(text);
    return matcher.find()
        ? Optional.of(Duration.ofSeconds(Long.parseLong(matcher.group(1))))
        : Optional.empty();
  }
}
