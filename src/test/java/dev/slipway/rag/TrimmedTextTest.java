package dev.slipway.rag;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrimmedTextTest {
  @Test
  void passesPiecesOnWithoutTheOuterWhiteSpace() {
    List<String> heard = new ArrayList<>();
    TrimmedText text = new TrimmedText(heard::add);

    for (String piece : new String[] {" ", "\n At", " ", "sea", ".", " \n", ""}) {
      text.token(piece);
    }

    assertThat(heard).containsExactly("At", " sea", ".");
    assertThat(text.text()).isEqualTo("At sea.");
  }

  @Test
  void whatIsHeardIsTheTrimmedWhole() {
    for (long seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      StringBuilder whole = new StringBuilder();
      StringBuilder heard = new StringBuilder();
      TrimmedText text = new TrimmedText(heard::append);
      for (int i = random.nextInt(12); i > 0; i--) {
        String piece =
            List.of(" ", "\n", "a", " b", "c ", " \t ", "d e", "").get(random.nextInt(8));
        whole.append(piece);
        text.token(piece);
      }
      assertThat(heard.toString()).as("seed %d", seed).isEqualTo(whole.toString().strip());
      assertThat(text.text()).as("seed %d", seed).isEqualTo(heard.toString());
    }
  }
}
