package dev.slipway.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PaceTest {
  @Test
  void arrivalsOfTheSameSeedAreTheSame() {
    assertThat(gaps(Pace.Spread.POISSON, 7)).containsExactly(gaps(Pace.Spread.POISSON, 7));
    assertThat(gaps(Pace.Spread.POISSON, 7)).isNotEqualTo(gaps(Pace.Spread.POISSON, 8));
  }

  /** Of exponential gaps the mean and the standard deviation are equal. */
  @Test
  void poissonArrivalsHaveExponentialGaps() {
    double[] gaps = gaps(Pace.Spread.POISSON, 3);
    double mean = IntStream.range(0, gaps.length).mapToDouble(i -> gaps[i]).average().orElseThrow();
    double variance =
        IntStream.range(0, gaps.length)
            .mapToDouble(i -> (gaps[i] - mean) * (gaps[i] - mean))
            .average()
            .orElseThrow();

    assertThat(mean).isCloseTo(10e6, within(0.3e6));
    assertThat(Math.sqrt(variance)).isCloseTo(mean, within(0.5e6));
  }

  @Test
  void constantArrivalsHaveEqualGaps() {
    assertThat(gaps(Pace.Spread.CONSTANT, 3)).containsOnly(10e6);
  }

  @Test
  void objectivesAreReadAsTheFieldWritesThem() {
    assertThat(Objectives.parse("ttft:500,e2el:1.5").limits())
        .containsEntry(Objectives.Measure.TTFT, Duration.ofMillis(500))
        .containsEntry(Objectives.Measure.E2EL, Duration.ofNanos(1_500_000));
    for (String wrong : new String[] {"", "ttft", "ttft:x", "itl:5", "ttft:-1", "ttft:NaN"}) {
      assertThatIllegalArgumentException().isThrownBy(() -> Objectives.parse(wrong));
    }
  }

  private static double[] gaps(Pace.Spread spread, long seed) {
    Pace.Gaps gaps = new Pace.Open(100, spread, seed, 1).gaps();
    return IntStream.range(0, 20_000).mapToDouble(i -> gaps.next()).toArray();
  }
}
