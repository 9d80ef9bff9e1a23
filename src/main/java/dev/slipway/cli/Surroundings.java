package dev.slipway.cli;

import java.util.Map;

/**
 * What a command finds around it, given to it by {@link Main} so that a test can give it another.
 *
 * @param console where it writes
 * @param environment the environment variables
 * @param home where state and caches are kept
 * @param distribution what ships beside the program
 * @param adapters makes what reaches out of the core
 */
record Surroundings(
    Console console,
    Map<String, String> environment,
    Home home,
    Distribution distribution,
    Adapters adapters) {

  /** Copies the environment. */
  Surroundings {
    environment = Map.copyOf(environment);
  }
}
