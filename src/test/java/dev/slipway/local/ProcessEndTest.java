package dev.slipway.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessEndTest {

  @Test
  void signalsAreSaidInWords() {
    assertThat(ProcessEnd.words(134)).contains("aborted", "SIGABRT");
    assertThat(ProcessEnd.words(137)).contains("killed", "memory");
    assertThat(ProcessEnd.words(139)).contains("crashed", "SIGSEGV");
    assertThat(ProcessEnd.words(7)).isEqualTo("ended with exit code 7");
  }

  @Test
  void causeIsTheLastTellingLine() {
    assertThat(ProcessEnd.cause(List.of("loading", "error: no tensor x", "bye")))
        .hasValue("error: no tensor x");
    assertThat(
            ProcessEnd.cause(
                List.of(
                    "# A fatal error has been detected by the Java Runtime Environment:",
                    "# Problematic frame:",
                    "# C  [libjllama.so+0x2e3dd8]  ggml_cpu+0x38",
                    "# No core dump will be written.")))
        .hasValue("crash in C  [libjllama.so+0x2e3dd8]  ggml_cpu+0x38");
    assertThat(ProcessEnd.cause(List.of("all is well"))).isEmpty();
  }
}
