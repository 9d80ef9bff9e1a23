package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.ManifestInvalid;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Overloaded;
import dev.slipway.failure.Refused;
import dev.slipway.failure.UsageFailure;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemTest {
  @ParameterizedTest
  @CsvSource({
    "NOT_FOUND,,502",
    "NOT_READY,,503",
    "UNAVAILABLE,,503",
    "TIMEOUT,,504",
    "INVALID_REQUEST,,400",
    "DENIED,,502",
    "MALFORMED,,502",
    "MODEL_ERROR,,502",
    "MODEL_ERROR,500,502",
    "MODEL_ERROR,400,400",
    "MODEL_ERROR,413,400",
    "MODEL_ERROR,422,400",
    "MODEL_ERROR,429,503",
    "MODEL_ERROR,503,503",
    "MODEL_ERROR,504,504"
  })
  void endpointFailuresHaveTheirStatus(
      EndpointFailure.Kind kind, @org.jspecify.annotations.Nullable Integer original, int status) {
    Problem problem =
        Problem.of(
            new EndpointFailure(
                kind,
                original == null ? OptionalInt.empty() : OptionalInt.of(original),
                "What",
                "why",
                "Next.",
                null));

    assertThat(problem.status()).isEqualTo(status);
    assertThat(problem.message()).isEqualTo("What: why. Next.");
    assertThat(problem.headers().containsKey("Retry-After")).isEqualTo(status == 503);
  }

  @Test
  void aReasonIsToldAsItIsAndEndsWithOneFullStop() {
    assertThat(message("it ended.", "Next.")).isEqualTo("What: it ended. Next.");
    assertThat(message("it ended", "Next.")).isEqualTo("What: it ended. Next.");
    assertThat(message("it said \"wait...\" at ../x", "See ../y."))
        .isEqualTo("What: it said \"wait...\" at ../x. See ../y.");
    assertThat(message("", "")).isEqualTo("What.");
  }

  private static String message(String why, String next) {
    return Problem.of(new OperationFailed("x", "What", why, next)).message();
  }

  @Test
  void whoComesBackWhenTheMessageSaysIsNotTooEarly() {
    Problem problem =
        Problem.of(new Overloaded(Overloaded.Limit.RATE, "What", "why", Duration.ofMillis(2_001)));

    assertThat(problem.message()).endsWith("Try again in 3 s.");
    assertThat(problem.headers()).containsEntry("Retry-After", "3");
  }

  @Test
  void otherFailuresHaveTheirStatus() {
    assertThat(status(new Interrupted("Stopped", "told to.", "Again."))).isEqualTo(503);
    assertThat(status(new OperationFailed("x", "What", "", "Next."))).isEqualTo(500);
    assertThat(status(new OperationFailed("x", "What", "", "Next.", true, null))).isEqualTo(503);
    assertThat(status(new UsageFailure("What", "", "Next."))).isEqualTo(400);
    assertThat(status(new Refused("x", "What", "", "Next."))).isEqualTo(500);
    assertThat(status(new ManifestInvalid("f", List.of(new ManifestInvalid.Problem("a", 1, "b")))))
        .isEqualTo(500);
  }

  @Test
  void aWaitIsToldInWholeSecondsRoundedUp() {
    Problem rate =
        Problem.of(new Overloaded(Overloaded.Limit.RATE, "Too many", "", Duration.ofMillis(1200)));

    assertThat(rate.status()).isEqualTo(429);
    assertThat(rate.headers()).containsEntry("Retry-After", "2");
  }

  private static int status(Failure failure) {
    return Problem.of(failure).status();
  }
}
