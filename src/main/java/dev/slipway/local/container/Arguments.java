package dev.slipway.local.container;

import java.nio.file.Path;

/**
 * What the container is started with.
 *
 * @param port 0 for a free one
 * @param parallel requests answered at the same time
 * @param context tokens of one request; 0 for the model's own
 * @param threads that the engine computes with; 0 for one a processor
 * @param queue requests that wait at most
 */
record Arguments(Path model, int port, int parallel, int context, int threads, int queue) {

  /**
   * Reads {@code --model FILE [--port N] [--parallel N] [--context N] [--threads N] [--queue N]}.
   *
   * @throws IllegalArgumentException if they are not that
   */
  static Arguments parse(String... words) {
    Path model = Path.of("");
    int port = 0;
    int parallel = EmbeddedEngine.PARALLEL;
    int context = 0;
    int threads = 0;
    int queue = 256;
    for (int i = 0; i < words.length; i += 2) {
      if (i + 1 == words.length) {
        throw new IllegalArgumentException(words[i] + " needs a value");
      }
      String value = words[i + 1];
      switch (words[i]) {
        case "--model" -> model = Path.of(value);
        case "--port" -> port = number(words[i], value, 0, 65_535);
        case "--parallel" -> parallel = number(words[i], value, 1, 64);
        case "--context" -> context = number(words[i], value, 0, 1 << 24);
        case "--threads" -> threads = number(words[i], value, 0, 1_024);
        case "--queue" -> queue = number(words[i], value, 1, 100_000);
        default -> throw new IllegalArgumentException("unknown argument " + words[i]);
      }
    }
    if (model.toString().isEmpty()) {
      throw new IllegalArgumentException("--model is missing");
    }
    return new Arguments(model, port, parallel, context, threads, queue);
  }

  private static int number(String name, String value, int least, int most) {
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below, as for a number out of bounds
    }
    throw new IllegalArgumentException(
        name + " must be a whole number from " + least + " to " + most + ", is " + value);
  }
}
