package dev.slipway.api;

import dev.slipway.failure.Overloaded;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Keeps each caller's allowance: requests in a minute, as a bucket that refills evenly, and tokens
 * in a day (UTC). Thread-safe. It remembers a bounded number of callers; one that is forgotten, the
 * longest unseen, begins anew.
 */
final class Allowances {
  /** Some 2 MB at most. */
  static final int MAX_CALLERS = 10_000;

  private final int perMinute;
  private final OptionalLong tokensPerDay;
  private final LongSupplier nanoTime;
  private final Clock clock;
  private final Map<String, Account> accounts =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Account> eldest) {
          return size() > MAX_CALLERS;
        }
      };

  Allowances(int perMinute, OptionalLong tokensPerDay, LongSupplier nanoTime, Clock clock) {
    this.perMinute = perMinute;
    this.tokensPerDay = tokensPerDay;
    this.nanoTime = nanoTime;
    this.clock = clock;
  }

  /**
   * What a caller has left.
   *
   * @param granted whether this request is within the allowance
   * @param limit requests in a minute
   * @param remaining requests that are left now
   * @param reset until the allowance is whole again
   * @param retryAfter until the next request is granted; zero if this one is
   */
  record Ticket(boolean granted, int limit, int remaining, Duration reset, Duration retryAfter) {}

  /**
   * What a caller has left of the day's tokens.
   *
   * @param limit tokens in a day (UTC)
   * @param remaining tokens that are left
   * @param reset until the next day
   */
  record Budget(long limit, long remaining, Duration reset) {}

  private static final class Account {
    private double requests;
    private long asOf;
    private LocalDate day = LocalDate.EPOCH;
    private long tokens;
  }

  /** Takes one request from a caller's allowance. */
  synchronized Ticket take(String caller) {
    Account account = account(caller);
    boolean granted = account.requests >= 1;
    if (granted) {
      account.requests -= 1;
    }
    double nanosEach = Duration.ofMinutes(1).toNanos() / (double) perMinute;
    return new Ticket(
        granted,
        perMinute,
        (int) account.requests,
        Duration.ofNanos((long) ((perMinute - account.requests) * nanosEach)),
        granted
            ? Duration.ZERO
            : Duration.ofNanos((long) Math.ceil((1 - account.requests) * nanosEach)));
  }

  /**
   * Checks that a caller has tokens left today.
   *
   * @throws Overloaded if not
   */
  synchronized void checkTokens(String caller) {
    if (tokensPerDay.isEmpty()) {
      return;
    }
    if (today(account(caller)).tokens >= tokensPerDay.getAsLong()) {
      throw new Overloaded(
          Overloaded.Limit.RATE,
          "The day's budget of tokens is used up",
          tokensPerDay.getAsLong() + " tokens in a day (UTC) are allowed",
          untilMidnight());
    }
  }

  /** Returns what a caller has left of the day's tokens, absent where there is no budget. */
  synchronized Optional<Budget> budget(String caller) {
    if (tokensPerDay.isEmpty()) {
      return Optional.empty();
    }
    long limit = tokensPerDay.getAsLong();
    long left = Math.max(0, limit - today(account(caller)).tokens);
    return Optional.of(new Budget(limit, left, untilMidnight()));
  }

  private Duration untilMidnight() {
    return Duration.between(
        clock.instant(),
        LocalDate.now(clock.withZone(ZoneOffset.UTC))
            .plusDays(1)
            .atStartOfDay(ZoneOffset.UTC)
            .toInstant());
  }

  /** Books the tokens that an answer took. */
  synchronized void spend(String caller, long tokens) {
    if (tokensPerDay.isPresent()) {
      today(account(caller)).tokens += tokens;
    }
  }

  private Account account(String caller) {
    long now = nanoTime.getAsLong();
    Account account = accounts.get(caller);
    if (account == null) {
      account = new Account();
      account.requests = perMinute;
      accounts.put(caller, account);
    } else {
      double minutes = (now - account.asOf) / (double) Duration.ofMinutes(1).toNanos();
      account.requests = Math.min(perMinute, account.requests + minutes * perMinute);
    }
    account.asOf = now;
    return account;
  }

  private Account today(Account account) {
    LocalDate today = LocalDate.now(clock.withZone(ZoneOffset.UTC));
    if (!today.equals(account.day)) {
      account.day = today;
      account.tokens = 0;
    }
    return account;
  }
}
