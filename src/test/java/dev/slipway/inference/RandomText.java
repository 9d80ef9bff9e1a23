package dev.slipway.inference;

import java.util.List;
import java.util.Random;

/** Makes text that tokenizers may stumble over: words, numbers, scripts, emoji, odd white space. */
final class RandomText {

  private static final List<String> PIECES =
      List.of(
          " ",
          "  ",
          "\n",
          "\t",
          "\r\n",
          "\u00a0",
          "\u2003",
          "\u3000",
          "\u200b",
          "\u2581",
          "\f",
          "the",
          "The",
          "model",
          "endpoint's",
          "I'LL",
          "deploy",
          "question",
          "instances",
          "ZQXJ",
          "0",
          "42",
          "1234567",
          "3.14",
          "%",
          "...",
          "—",
          "“quoted”",
          "{{x}}",
          "</p>",
          "a_b-c/d",
          "ü",
          "ß",
          "naïve",
          "e\u0301",
          "Ελλάδα",
          "Москва",
          "日本語",
          "中文模型",
          "한국어",
          "عربى",
          "हिन्दी",
          "🙂",
          "👩‍👩‍👧",
          "🇩🇪",
          "\ud83c",
          "\udf00",
          "\ufffd",
          "𝒳",
          "\u0001",
          "\u007f",
          "\0x");

  private final Random random;
  private final List<String> controls;

  RandomText(Random random, List<String> controls) {
    this.random = random;
    this.controls = controls;
  }

  String next() {
    var text = new StringBuilder();
    for (int pieces = random.nextInt(30); pieces > 0; pieces--) {
      switch (random.nextInt(8)) {
        case 0 -> text.append(random.nextInt(256) < 2 ? "" : control());
        case 1 -> text.appendCodePoint(codePoint());
        case 2 -> text.append((char) (' ' + random.nextInt(95)));
        default -> text.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      if (random.nextBoolean()) {
        text.append(' ');
      }
    }
    return text.toString();
  }

  /** Returns a control token, whole or broken off. */
  private String control() {
    String control = controls.get(random.nextInt(controls.size()));
    return random.nextInt(3) == 0
        ? control.substring(0, random.nextInt(control.length()))
        : control;
  }

  private int codePoint() {
    int codePoint = random.nextInt(Character.MAX_CODE_POINT + 1);
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE
        ? 'x'
        : codePoint;
  }
}
