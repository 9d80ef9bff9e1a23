package dev.slipway.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostingLimitsTest {

  @Test
  void bothSourcesOfTheBodysLimitAreKept() {
    assertThat(HostingLimits.BODY.value()).isEqualTo(6_291_456);
    assertThat(HostingLimits.BODY_BY_THE_GUIDE.value()).isEqualTo(26_214_400);
    assertThat(HostingLimits.BODY.source()).contains("botocore");
  }

  @Test
  void timesAreTimesAndBytesArent() {
    assertThat(HostingLimits.WHOLE_ANSWER.duration()).isEqualTo(Duration.ofMinutes(1));
    assertThat(HostingLimits.STREAMED_ANSWER.duration()).isEqualTo(Duration.ofMinutes(8));
    assertThatThrownBy(HostingLimits.BODY::duration).isInstanceOf(IllegalStateException.class);
  }
}
