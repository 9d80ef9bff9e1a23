package dev.slipway.api;

import dev.slipway.api.Allowances.Ticket;
import dev.slipway.failure.Overloaded;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decides who gets in. Thread-safe. */
final class Guard {
  private static final Pattern BEARER =
      Pattern.compile("(?i:bearer) +([A-Za-z0-9._~+/=:-]{1,512}) *");

  private final Optional<ApiKeys> keys;
  private final Allowances allowances;
  private final ApiMetrics metrics;

  Guard(Optional<ApiKeys> keys, Allowances allowances, ApiMetrics metrics) {
    this.keys = keys;
    this.allowances = allowances;
    this.metrics = metrics;
  }

  /**
   * Lets a request in, and returns its caller.
   *
   * @param headers takes what is to be told to the caller either way
   * @throws Rejected without a key where one is needed
   * @throws Overloaded when the allowance is used up
   */
  Caller admit(
      Route.Access access,
      Optional<String> authorization,
      InetAddress remote,
      BiConsumer<String, String> headers) {
    return switch (access) {
      case OPEN -> address(remote);
      case LOOPBACK ->
          remote.isLoopbackAddress() ? address(remote) : identify(authorization, remote);
      case KEYED -> {
        Caller caller = identify(authorization, remote);
        count(allowances.take(caller.name()), headers);
        yield caller;
      }
    };
  }

  private static Caller address(InetAddress remote) {
    return new Caller("address:" + remote.getHostAddress(), Optional.empty());
  }

  private Caller identify(Optional<String> authorization, InetAddress remote) {
    if (keys.isEmpty()) {
      return address(remote);
    }
    Optional<String> caller =
        authorization
            .map(BEARER::matcher)
            .filter(Matcher::matches)
            .flatMap(matcher -> keys.get().caller(matcher.group(1)));
    return caller
        .map(name -> new Caller(name, Optional.empty()))
        .orElseThrow(
            () -> {
              metrics.rejected(ApiMetrics.Rejection.KEY);
              return new Rejected(Problem.unauthorized(authorization.isPresent()));
            });
  }

  private void count(Ticket ticket, BiConsumer<String, String> headers) {
    headers.accept("x-ratelimit-limit-requests", Integer.toString(ticket.limit()));
    headers.accept("x-ratelimit-remaining-requests", Integer.toString(ticket.remaining()));
    headers.accept("x-ratelimit-reset-requests", seconds(ticket.reset()));
    if (!ticket.granted()) {
      metrics.rejected(ApiMetrics.Rejection.RATE);
      throw new Overloaded(
          Overloaded.Limit.RATE,
          "Too many requests",
          ticket.limit() + " in a minute are allowed",
          ticket.retryAfter());
    }
  }

  /** Returns the time as OpenAI writes it: {@code 120ms}, {@code 6s}. */
  private static String seconds(Duration time) {
    return time.toMillis() < 1000 ? time.toMillis() + "ms" : time.plusMillis(999).toSeconds() + "s";
  }
}
