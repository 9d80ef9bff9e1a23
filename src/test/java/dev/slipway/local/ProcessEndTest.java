package dev.slipway.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessEndTest {

  @Test
  void signalsAreSaidInWords() {
    assertThat(ProcessEnd.words(134, List.of())).contains("aborted", "SIGABRT");
    assertThat(ProcessEnd.words(137, List.of())).contains("killed", "memory");
    assertThat(ProcessEnd.words(139, List.of())).contains("crashed", "SIGSEGV");
    assertThat(ProcessEnd.words(7, List.of())).isEqualTo("ended with exit code 7");
  }

  @Test
  void crashOfNativeCodeIsSaidByTheJvmAndNotByItsCode() {
    List<String> lines = List.of("#", "#  SIGILL (0x4) at pc=0x00007f5c825b8f14, pid=1, tid=2");
    assertThat(ProcessEnd.words(1, lines)).isEqualTo("crashed in native code (SIGILL)");
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
