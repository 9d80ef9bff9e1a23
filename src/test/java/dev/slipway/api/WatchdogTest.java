package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slipway.Eventually;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WatchdogTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Watchdog watchdog = new Watchdog();

  @AfterEach
  void close() {
    watchdog.close();
  }

  private static void stuck() throws InterruptedException {
    assertThat(new CountDownLatch(1).await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whoIsStuckIsInterruptedOnceTheTimeIsOver() {
    try (Watchdog.Leash leash = watchdog.leash(SHORT)) {
      assertThatExceptionOfType(InterruptedException.class).isThrownBy(WatchdogTest::stuck);
      assertThat(leash.bitten()).isTrue();
    }
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void whoIsDoneInTimeIsLeftAlone() {
    try (Watchdog.Leash leash = watchdog.leash(LONG)) {
      assertThat(leash.bitten()).isFalse();
    }
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void whatIsSparedIsInterruptedAfterwardsOnly() {
    try (Watchdog.Leash leash = watchdog.leash(SHORT)) {
      leash.spared(
          () -> {
            Eventually.holds("the time is over", LONG, leash::bitten);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
          });
      assertThat(Thread.currentThread().isInterrupted()).isTrue();

      leash.spared(() -> assertThat(Thread.currentThread().isInterrupted()).isFalse());
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
