package dev.slipway.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TraceParentTest {
  private static final String HEADER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @Test
  void aHeaderIsReadAndWritten() {
    TraceParent parent = TraceParent.of(Optional.of(HEADER)).orElseThrow();

    assertThat(parent.sampled()).isTrue();
    assertThat(parent.header()).isEqualTo(HEADER);
  }

  @Test
  void aLaterVersionMayHaveMore() {
    assertThat(TraceParent.of(Optional.of("01" + HEADER.substring(2) + "-more"))).isPresent();
  }

  @Test
  void whatIsNoHeaderIsNone() {
    for (String wrong :
        List.of(
            "",
            "ff" + HEADER.substring(2),
            HEADER + "-more",
            HEADER.toUpperCase(java.util.Locale.ROOT),
            "00-" + "0".repeat(32) + "-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-" + "0".repeat(16) + "-01")) {
      assertThat(TraceParent.of(Optional.of(wrong))).as(wrong).isEmpty();
    }
  }
}
