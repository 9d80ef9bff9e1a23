package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipway.failure.Failure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.failure.UsageFailure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DetachedStartTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void theFailureOfADetachedStartIsTheOneThatItsProcessEndedWith() {
    assertKept(new Refused("no_gguf", "Cannot host it", "it has no GGUF", "Convert it."));
    assertKept(new UsageFailure("Cannot index it", "it is empty", "Choose another."));
    assertKept(
        new OperationFailed("port_in_use", "Cannot listen", "taken", "Another.", true, null));
  }

  @Test
  void aDefectOfOursIsToldToTheOneWhoWaitsToo() {
    Failure told = kept(new IllegalStateException("boom"));

    assertThat(told.code()).isEqualTo("internal");
    assertThat(told.why()).contains("boom");
  }

  private void assertKept(Failure failure) {
    Failure told = kept(failure);

    assertThat(told).hasSameClassAs(failure).hasMessage(failure.getMessage());
    assertThat(ExitCode.of(told)).isEqualTo(ExitCode.of(failure));
    assertThat(told.code()).isEqualTo(failure.code());
    assertThat(told.next()).isEqualTo(failure.next());
    assertThat(told.retriable()).isEqualTo(failure.retriable());
  }

  private Failure kept(RuntimeException thrown) {
    var outcome = new DetachedStart.Outcome(folder.resolve("outcome.json"));
    assertThat(
            catchThrowable(
                () ->
                    outcome.reporting(
                        () -> {
                          throw thrown;
                        })))
        .isInstanceOf(Failure.class);
    return DetachedStart.failure(outcome.read().orElseThrow());
  }
}
