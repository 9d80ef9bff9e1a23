package dev.slipway.local.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // a text block would hide the CRLFs
class AwsChunkedInputTest {

  private static AwsChunkedInput of(String text) {
    return new AwsChunkedInput(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  void chunksAndTrailersAreTakenApart() throws IOException {
    AwsChunkedInput input =
        of(
            "4;chunk-signature=abc\r\nwiki\r\n5\r\npedia\r\n0\r\n"
                + "X-Amz-Checksum-CRC32: AAAA==\r\nx-amz-trailer-signature:def\r\n\r\n");
    assertThat(input.readAllBytes()).asString().isEqualTo("wikipedia");
    assertThat(input.trailers())
        .isEqualTo(Map.of("x-amz-checksum-crc32", "AAAA==", "x-amz-trailer-signature", "def"));
    assertThat(input.read()).isEqualTo(-1);
  }

  @Test
  void theLastLineMayEndWithTheBody() throws IOException {
    assertThat(of("0\r\n").readAllBytes()).isEmpty();
    AwsChunkedInput input = of("1\r\nx\r\n0\r\na:b");
    assertThat(input.readAllBytes()).asString().isEqualTo("x");
    assertThat(input.trailers()).isEqualTo(Map.of("a", "b"));
  }

  @Test
  void whatCantBeReadIsAnIncompleteBody() {
    for (String broken :
        new String[] {
          "",
          "x\r\n",
          "-1\r\n",
          "5\r\nabc",
          "3\r\nabcd\r\n0\r\n\r\n",
          "3\r\nabc\r\n",
          "0\r\nno colon\r\n\r\n",
          "ffffffffffffffffff\r\n",
          "1".repeat(2000)
        }) {
      assertThatThrownBy(() -> of(broken).readAllBytes())
          .as(broken)
          .isInstanceOfSatisfying(
              S3Failure.class, e -> assertThat(e.code()).isEqualTo(S3Failure.Code.INCOMPLETE_BODY));
    }
  }

  @Test
  void howTheBytesArriveDoesNotMatter() throws IOException {
    long seed = 11;
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      byte[] bytes = new byte[random.nextInt(500)];
      random.nextBytes(bytes);
      ByteArrayOutputStream chunked = new ByteArrayOutputStream();
      for (int from = 0; from < bytes.length; ) {
        int length = Math.min(bytes.length - from, 1 + random.nextInt(60));
        chunked.writeBytes(
            (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        chunked.write(bytes, from, length);
        chunked.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        from += length;
      }
      chunked.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream trickle = trickle(chunked.toByteArray(), random);
      assertThat(new AwsChunkedInput(trickle).readAllBytes())
          .as("seed %d, round %d", seed, round)
          .isEqualTo(bytes);
    }
  }

  private static InputStream trickle(byte[] bytes, Random random) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] into, int offset, int length) {
        return super.read(into, offset, Math.min(length, 1 + random.nextInt(7)));
      }
    };
  }
}
