package dev.slipway.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelativePathTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.gguf",
        "1_Pooling/config.json",
        "a b/ü-模型.json",
        "..a",
        "a..",
        "...",
        "ab:c"
      })
  void plainNamesPass(String path) {
    assertThat(RelativePath.problem(path)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "..",
        "../x",
        "a/../b",
        "a/..",
        "./a",
        "a//b",
        "a/",
        "/etc/passwd",
        "C:/x",
        "c:x",
        "a:b",
        "..\\x",
        "a\\b",
        "a\0b",
        "a\nb",
        "a\u001b[2Jb",
        "a\u202Eb",
        "a\u2028b",
        "a\uD800b",
        "a\uFFFDb"
      })
  void namesThatCanDeceiveOrEscapeDoNot(String path) {
    assertThat(RelativePath.problem(path)).isPresent();
  }

  @Test
  void longNamesDoNot() {
    assertThat(RelativePath.problem("x".repeat(256))).isPresent();
    assertThat(RelativePath.problem("x/".repeat(600) + "x")).isPresent();
  }

  @Test
  void quotedNamesShowWhatIsHidden() {
    assertThat(RelativePath.quoted("a\u001b\u202Eb")).isEqualTo("\"a\\u001b\\u202eb\"");
    assertThat(RelativePath.quoted("x".repeat(300))).hasSize(203);
  }
}
