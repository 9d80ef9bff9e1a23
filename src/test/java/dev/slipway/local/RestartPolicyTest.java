package dev.slipway.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RestartPolicyTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final RestartPolicy policy =
      new RestartPolicy(5, Duration.ofMinutes(10), Duration.ofMillis(250), Duration.ofSeconds(1));

  @Test
  void waitsTwiceAsLongEachTimeUpToItsBound() {
    policy.healthy();
    assertThat(policy.crashed(START)).hasValue(Duration.ofMillis(250));
    assertThat(policy.crashed(START)).hasValue(Duration.ofMillis(500));
    assertThat(policy.crashed(START)).hasValue(Duration.ofSeconds(1));
    assertThat(policy.crashed(START)).hasValue(Duration.ofSeconds(1));
  }

  @Test
  void givesUpAfterTooManyCrashes() {
    policy.healthy();
    for (int i = 0; i < 4; i++) {
      assertThat(policy.crashed(START.plusSeconds(i))).isPresent();
    }
    assertThat(policy.crashed(START.plusSeconds(4))).isEmpty();
    assertThat(policy.recentCrashes()).isEqualTo(5);
  }

  @Test
  void forgetsCrashesOfLongAgo() {
    policy.healthy();
    for (int i = 0; i < 50; i++) {
      assertThat(policy.crashed(START.plusSeconds(i * 200L))).isPresent();
    }
  }

  @Test
  void containerThatWasNeverHealthyGetsOneMoreTry() {
    assertThat(policy.crashed(START)).isPresent();
    assertThat(policy.crashed(START)).isEmpty();
  }
}
