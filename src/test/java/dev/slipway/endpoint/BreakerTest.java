package dev.slipway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class BreakerTest {
  private final AtomicLong now = new AtomicLong(-5);
  private final Breaker breaker = new Breaker(3, Duration.ofSeconds(10), now::get);

  private void later(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private void fails(int times) {
    for (int i = 0; i < times; i++) {
      assertThat(breaker.blocked()).isEmpty();
      breaker.failed();
    }
  }

  @Test
  void opensAfterFailuresInARowAndSaysForHowLong() {
    fails(2);
    assertThat(breaker.blocked()).isEmpty();
    breaker.worked();
    fails(3);

    assertThat(breaker.blocked()).contains(Duration.ofSeconds(10));
    later(Duration.ofSeconds(4));
    assertThat(breaker.blocked()).contains(Duration.ofSeconds(6));
  }

  @Test
  void letsExactlyOneThroughAfterItsRest() {
    fails(3);
    later(Duration.ofSeconds(10));

    assertThat(breaker.blocked()).as("the one that tries").isEmpty();
    assertThat(breaker.blocked()).as("the others").isPresent();

    breaker.failed();
    assertThat(breaker.blocked()).as("it rests again").contains(Duration.ofSeconds(10));
    later(Duration.ofSeconds(10));
    assertThat(breaker.blocked()).isEmpty();
    breaker.worked();
    assertThat(breaker.blocked()).isEmpty();
    assertThat(breaker.blocked()).isEmpty();
    fails(2);
    assertThat(breaker.blocked()).as("it counts from the beginning").isEmpty();
  }

  @Test
  void aTrialThatEndsUndecidedLeavesRoomForAnother() {
    fails(3);
    later(Duration.ofSeconds(10));
    assertThat(breaker.blocked()).isEmpty();

    breaker.undecided();

    assertThat(breaker.blocked()).isEmpty();
  }

  @Test
  void whatWasAskedBeforeItOpenedDoesNotProlongTheRest() {
    fails(3);
    later(Duration.ofSeconds(9));

    breaker.failed();

    assertThat(breaker.blocked()).contains(Duration.ofSeconds(1));
  }
}
