package dev.slipway.local.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ByteRangeTest {

  @Test
  void firstLastAndSuffixAreRead() {
    assertThat(ByteRange.of("bytes=0-0", 10)).contains(new ByteRange(0, 1));
    assertThat(ByteRange.of("bytes=3-", 10)).contains(new ByteRange(3, 7));
    assertThat(ByteRange.of("bytes=3-99", 10)).contains(new ByteRange(3, 7));
    assertThat(ByteRange.of("bytes=-4", 10)).contains(new ByteRange(6, 4));
    assertThat(ByteRange.of("bytes=-40", 10)).contains(new ByteRange(0, 10));
    assertThat(new ByteRange(6, 4).contentRange(10)).isEqualTo("bytes 6-9/10");
  }

  @Test
  void whatIsNoSingleRangeIsIgnored() {
    for (String header :
        new String[] {
          "", "bytes=", "bytes=-", "bytes=5-4", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b"
        }) {
      assertThat(ByteRange.of(header, 10)).as(header).isEmpty();
    }
  }

  @Test
  void aRangeBeyondTheEndIsInvalid() {
    for (String header : new String[] {"bytes=10-", "bytes=10-20", "bytes=-0"}) {
      assertThatThrownBy(() -> ByteRange.of(header, 10))
          .as(header)
          .isInstanceOfSatisfying(
              S3Failure.class, e -> assertThat(e.code().status()).isEqualTo(416));
    }
    assertThatThrownBy(() -> ByteRange.of("bytes=-1", 0)).isInstanceOf(S3Failure.class);
  }
}
