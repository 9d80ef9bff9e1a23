package dev.slipway.local.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopTextTest {

  @Test
  void stopTextIsNeverPartOfTheText() {
    StopText stop = new StopText(List.of("END"));
    assertThat(stop.add("one END two")).isEqualTo("one ");
    assertThat(stop.hit()).isTrue();
    assertThat(stop.add("three")).isEmpty();
    assertThat(stop.end()).isEmpty();
  }

  @Test
  void stopTextIsFoundAcrossPieces() {
    StopText stop = new StopText(List.of("END"));
    assertThat(stop.add("one E")).isEqualTo("one ");
    assertThat(stop.add("N")).isEmpty();
    assertThat(stop.add("D two")).isEmpty();
    assertThat(stop.hit()).isTrue();
  }

  @Test
  void whatOnlyBeganLikeAStopTextIsShownInTheEnd() {
    StopText stop = new StopText(List.of("END"));
    assertThat(stop.add("one EN")).isEqualTo("one ");
    assertThat(stop.end()).isEqualTo("EN");
    assertThat(stop.hit()).isFalse();
  }

  @Test
  void withoutStopTextsNothingIsHeldBack() {
    assertThat(new StopText(List.of()).add("anything")).isEqualTo("anything");
  }

  @Test
  void cutsTheSameHoweverTheTextIsSplit() {
    long seed = 20_251_122;
    Random random = new Random(seed);
    for (int round = 0; round < 3_000; round++) {
      String text = text(random, 1 + random.nextInt(30));
      List<String> stops = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        stops.add(text(random, 1 + random.nextInt(4)));
      }
      StopText stop = new StopText(stops);
      StringBuilder shown = new StringBuilder();
      int at = 0;
      while (at < text.length()) {
        int points = 1 + random.nextInt(Math.min(5, text.codePointCount(at, text.length())));
        int end = text.offsetByCodePoints(at, points);
        String piece = stop.add(text.substring(at, end));
        assertThat(piece.isEmpty() || !Character.isHighSurrogate(piece.charAt(piece.length() - 1)))
            .isTrue();
        shown.append(piece);
        at = end;
      }
      shown.append(stop.end());
      assertThat(shown.toString())
          .as("seed %d, round %d: \"%s\" cut at %s", seed, round, text, stops)
          .isEqualTo(cut(text, stops));
    }
  }

  /** Cuts at the stop text that ends first; of several that end there, at the longest. */
  private static String cut(String text, List<String> stops) {
    for (int end = 1; end <= text.length(); end++) {
      int start = Integer.MAX_VALUE;
      for (String stop : stops) {
        if (text.substring(0, end).endsWith(stop)) {
          start = Math.min(start, end - stop.length());
        }
      }
      if (start < Integer.MAX_VALUE) {
        return text.substring(0, start);
      }
    }
    return text;
  }

  private static String text(Random random, int length) {
    List<String> letters = List.of("a", "b", "c", "\n", "é", "\uD83D\uDE00");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(letters.get(random.nextInt(letters.size())));
    }
    return text.toString();
  }
}
