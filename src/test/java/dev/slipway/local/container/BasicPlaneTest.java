package dev.slipway.local.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BasicPlaneTest {

  @Test
  void anyTextComesBackAsItWas() {
    long seed = 7;
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(20); i > 0; i--) {
        int point =
            switch (random.nextInt(5)) {
              case 0 -> 0xE000 + random.nextInt(0x1900); // the private use area
              case 1 -> 0x10000 + random.nextInt(0x100000);
              case 2 -> 0;
              default -> random.nextInt(0xD800);
            };
        text.appendCodePoint(point);
      }
      String encoded = BasicPlane.encode(text.toString());
      assertThat(encoded.chars().noneMatch(c -> c == 0 || Character.isSurrogate((char) c)))
          .as("seed %d, round %d", seed, round)
          .isTrue();
      assertThat(BasicPlane.decode("<|user|>" + encoded + "<|end|>"))
          .as("seed %d, round %d", seed, round)
          .isEqualTo("<|user|>" + text + "<|end|>");
    }
  }

  @Test
  void plainTextStaysAsItIs() {
    assertThat(BasicPlane.encode("Grüße, 世界\n")).isEqualTo("Grüße, 世界\n");
  }
}
