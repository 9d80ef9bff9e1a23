package dev.slipway.api;

import dev.slipway.access.Credentials;
import dev.slipway.access.Denied;
import dev.slipway.access.Identity;
import dev.slipway.access.Scope;
import dev.slipway.api.Allowances.Ticket;
import dev.slipway.failure.Overloaded;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decides who gets in. Thread-safe. */
final class Guard {
  /** An issuer's token with many claims has some 4,000 characters. */
  private static final Pattern BEARER =
      Pattern.compile("(?i:bearer) +([A-Za-z0-9._~+/=:-]{1,12000}) *");

  private final List<Credentials> credentials;
  private final Allowances allowances;
  private final ApiMetrics metrics;

  /**
   * Makes a guard.
   *
   * @param credentials whose tokens are asked for; none lets everyone in
   */
  Guard(List<Credentials> credentials, Allowances allowances, ApiMetrics metrics) {
    this.credentials = List.copyOf(credentials);
    this.allowances = allowances;
    this.metrics = metrics;
  }

  /**
   * Lets a request in, and returns its caller.
   *
   * @param headers takes what is to be told to the caller either way
   * @throws Rejected without a key where one is needed, or with one that may not do this
   * @throws Overloaded when the allowance is used up
   */
  Caller admit(
      Route<?> route,
      Optional<String> authorization,
      InetAddress remote,
      BiConsumer<String, String> headers) {
    return switch (route.access()) {
      case OPEN -> address(remote);
      case LOOPBACK ->
          remote.isLoopbackAddress()
              ? address(remote)
              : identify(route.scope(), authorization, remote);
      case KEYED -> {
        Caller caller = identify(route.scope(), authorization, remote);
        count(caller, headers);
        yield caller;
      }
    };
  }

  private static Caller address(InetAddress remote) {
    return new Caller("address:" + remote.getHostAddress(), Optional.empty());
  }

  private Caller identify(Scope needed, Optional<String> authorization, InetAddress remote) {
    if (credentials.isEmpty()) {
      return address(remote);
    }
    Identity identity = identity(authorization);
    if (!needed.within(identity.scopes())) {
      metrics.rejected(ApiMetrics.Rejection.SCOPE);
      throw new Rejected(
          Problem.insufficientScope(needed, "This needs the scope " + needed.word() + "."));
    }
    if (needed != Scope.ASK && identity.tenant().isPresent()) {
      // What is kept of questions and counted is everyone's: no tenant may see another's.
      metrics.rejected(ApiMetrics.Rejection.SCOPE);
      throw new Rejected(
          Problem.insufficientScope(
              needed, "A caller of one tenant may not see what is kept of all."));
    }
    return new Caller(identity.name(), identity.tenant());
  }

  private Identity identity(Optional<String> authorization) {
    Optional<String> token =
        authorization.map(BEARER::matcher).filter(Matcher::matches).map(m -> m.group(1));
    try {
      for (Credentials each : token.isPresent() ? credentials : List.<Credentials>of()) {
        Optional<Identity> identity = each.identify(token.orElseThrow());
        if (identity.isPresent()) {
          return identity.get();
        }
      }
    } catch (Denied denied) {
      metrics.rejected(ApiMetrics.Rejection.KEY);
      throw new Rejected(Problem.unauthorized(denied.reason()));
    }
    metrics.rejected(ApiMetrics.Rejection.KEY);
    throw new Rejected(Problem.unauthorized(authorization.isPresent()));
  }

  private void count(Caller caller, BiConsumer<String, String> headers) {
    Ticket ticket = allowances.take(caller.name());
    headers.accept("x-ratelimit-limit-requests", Integer.toString(ticket.limit()));
    headers.accept("x-ratelimit-remaining-requests", Integer.toString(ticket.remaining()));
    headers.accept("x-ratelimit-reset-requests", seconds(ticket.reset()));
    allowances
        .budget(caller.name())
        .ifPresent(
            budget -> {
              headers.accept("x-ratelimit-limit-tokens", Long.toString(budget.limit()));
              headers.accept("x-ratelimit-remaining-tokens", Long.toString(budget.remaining()));
              headers.accept("x-ratelimit-reset-tokens", seconds(budget.reset()));
            });
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
