package dev.slipway.local.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChecksumAlgorithmTest {
  private static final byte[] DIGITS = "123456789".getBytes(StandardCharsets.US_ASCII);

  private static String sum(ChecksumAlgorithm algorithm, byte[] bytes) {
    ChecksumAlgorithm.Running running = algorithm.start();
    running.update(bytes, 0, bytes.length);
    return Blob.hex(running.value());
  }

  @Test
  void theSumsOfTheDigitsAreThePublishedOnes() {
    assertThat(sum(ChecksumAlgorithm.CRC32, DIGITS)).isEqualTo("cbf43926");
    assertThat(sum(ChecksumAlgorithm.CRC32C, DIGITS)).isEqualTo("e3069283");
    assertThat(sum(ChecksumAlgorithm.CRC64NVME, DIGITS)).isEqualTo("ae8b14860a799888");
    assertThat(sum(ChecksumAlgorithm.SHA1, DIGITS))
        .isEqualTo("f7c3bc1d808e04732adf679965ccc34ca7ae3441");
    assertThat(sum(ChecksumAlgorithm.SHA256, DIGITS)).startsWith("15e2b0d3c33891eb");
  }

  @Test
  void howTheBytesAreCutDoesNotMatter() {
    Random random = new Random(5);
    byte[] bytes = new byte[1000];
    random.nextBytes(bytes);
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
      for (int round = 0; round < 50; round++) {
        ChecksumAlgorithm.Running running = algorithm.start();
        for (int from = 0; from < bytes.length; ) {
          int length = Math.min(bytes.length - from, random.nextInt(40));
          running.update(bytes, from, length);
          from += length;
        }
        assertThat(Blob.hex(running.value()))
            .as("%s, seed 5, round %d", algorithm, round)
            .isEqualTo(sum(algorithm, bytes));
      }
    }
  }

  @Test
  void theSumOfNothingIsThatOfAnEmptyObject() {
    assertThat(sum(ChecksumAlgorithm.CRC64NVME, new byte[0])).isEqualTo("0000000000000000");
    assertThat(sum(ChecksumAlgorithm.CRC32, new byte[0])).isEqualTo("00000000");
  }
}
