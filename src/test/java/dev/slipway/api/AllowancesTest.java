package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.Overloaded;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AllowancesTest {
  private final AtomicLong nanos = new AtomicLong();
  private Instant now = Instant.parse("2026-01-01T23:00:00Z");
  private final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          return now;
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };

  private Allowances allowances(int perMinute, OptionalLong tokens) {
    return new Allowances(perMinute, tokens, nanos::get, clock);
  }

  @Test
  void aWholeMinutesRequestsMayComeAtOnceAndThenEvenly() {
    Allowances allowances = allowances(6, OptionalLong.empty());
    for (int i = 5; i >= 0; i--) {
      Allowances.Ticket ticket = allowances.take("a");
      assertThat(ticket.granted()).isTrue();
      assertThat(ticket.remaining()).isEqualTo(i);
    }
    Allowances.Ticket refused = allowances.take("a");
    assertThat(refused.granted()).isFalse();
    assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(10));
    assertThat(refused.reset()).isEqualTo(Duration.ofMinutes(1));

    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    assertThat(allowances.take("a").granted()).isTrue();
    assertThat(allowances.take("a").granted()).isFalse();
  }

  @Test
  void noPaceEverGetsMoreThanABucketAndItsRefill() {
    long seed = 42;
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      int perMinute = 1 + random.nextInt(100);
      Allowances allowances = allowances(perMinute, OptionalLong.empty());
      long began = nanos.get();
      int granted = 0;
      for (int i = 0; i < 500; i++) {
        nanos.addAndGet(random.nextInt(2_000_000_000));
        granted += allowances.take("a").granted() ? 1 : 0;
        double minutes = (nanos.get() - began) / 60e9;
        assertThat((double) granted)
            .as("seed %d round %d", seed, round)
            .isLessThanOrEqualTo(perMinute * (1 + minutes) + 1e-6);
      }
    }
  }

  @Test
  void waitingAsLongAsToldIsEnough() {
    Allowances allowances = allowances(7, OptionalLong.empty());
    while (allowances.take("a").granted()) {
      // Until it is spent.
    }
    nanos.addAndGet(allowances.take("a").retryAfter().toNanos());

    assertThat(allowances.take("a").granted()).isTrue();
  }

  @Test
  void callersAreRememberedUpToABound() {
    Allowances allowances = allowances(1, OptionalLong.empty());
    assertThat(allowances.take("first").granted()).isTrue();
    assertThat(allowances.take("first").granted()).isFalse();
    for (int i = 0; i < Allowances.MAX_CALLERS; i++) {
      allowances.take("caller " + i);
    }

    assertThat(allowances.take("first").granted()).isTrue();
  }

  @Test
  void tokensAreForOneDay() {
    Allowances allowances = allowances(10, OptionalLong.of(100));
    allowances.checkTokens("a");
    allowances.spend("a", 100);

    assertThatThrownBy(() -> allowances.checkTokens("a"))
        .isInstanceOfSatisfying(
            Overloaded.class,
            e -> {
              assertThat(e.limit()).isEqualTo(Overloaded.Limit.RATE);
              assertThat(e.retryAfter()).isEqualTo(Duration.ofHours(1));
            });
    assertThatCode(() -> allowances.checkTokens("b")).doesNotThrowAnyException();
    now = now.plus(Duration.ofHours(1));
    assertThatCode(() -> allowances.checkTokens("a")).doesNotThrowAnyException();
  }
}
