package dev.slipway.cli;

import dev.slipway.deploy.ServiceProbe;
import dev.slipway.failure.UsageFailure;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Says which running service is asked, where it isn't the deployment's own, and with which key. */
final class ServiceOptions {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "the address of any running service, instead of the deployment's")
  private @Nullable URI url;

  @Option(
      names = "--key-from",
      paramLabel = "VARIABLE",
      description =
          "the environment variable that holds the API key or token (default: the manifest's)")
  private @Nullable String keyFrom;

  ServiceOptions() {}

  /**
   * Returns the address that was given, without a slash at its end; absent if none was.
   *
   * @throws UsageFailure if it is none
   */
  Optional<String> address() {
    if (url == null) {
      return Optional.empty();
    }
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!http || url.getHost() == null) {
      throw new UsageFailure(
          "Cannot ask " + url, "it is no address", "Give one such as http://localhost:8000.");
    }
    return Optional.of(url.toString().replaceFirst("/+$", ""));
  }

  /**
   * Returns the key to ask with.
   *
   * @param otherwise finds it, where the command line names no variable
   * @throws UsageFailure if the variable that it names holds none
   */
  Optional<String> key(Surroundings surroundings, Supplier<Optional<String>> otherwise) {
    return keyFrom == null
        ? otherwise.get()
        : Optional.of(ApiKeySecret.in(keyFrom, surroundings.environment()));
  }

  /** Returns whether a service can be asked of which this is known with the manifest's own key. */
  boolean reached(ServiceProbe.Reach reach) {
    return switch (reach) {
      case ANSWERED -> true;
      // It lives, and who names a key has one that the manifest's environment hasn't.
      case LIVE -> keyFrom != null;
      case UNREACHABLE, OTHER_NAME, FAILED -> false;
    };
  }
}
