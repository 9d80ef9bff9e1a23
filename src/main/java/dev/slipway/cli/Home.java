package dev.slipway.cli;

import dev.slipway.manifest.DeploymentName;
import java.nio.file.Path;
import java.util.Map;

/**
 * Says where Slipway keeps its state and its caches: below {@code SLIPWAY_HOME} if that is set,
 * else in the XDG folders.
 *
 * @param state what must survive: deployments, indexes, traces
 * @param cache what can be made again
 */
record Home(Path state, Path cache) {

  /** Reads the environment. */
  static Home of(Map<String, String> environment) {
    String home = environment.getOrDefault("SLIPWAY_HOME", "");
    if (!home.isEmpty()) {
      Path root = Path.of(home).toAbsolutePath().normalize();
      return new Home(root.resolve("state"), root.resolve("cache"));
    }
    Path user = Path.of(System.getProperty("user.home"));
    return new Home(
        xdg(environment, "XDG_STATE_HOME", user.resolve(".local/state")),
        xdg(environment, "XDG_CACHE_HOME", user.resolve(".cache")));
  }

  private static Path xdg(Map<String, String> environment, String name, Path otherwise) {
    String value = environment.getOrDefault(name, "");
    // The XDG base directory specification: a relative path is invalid and must be ignored.
    Path base = value.startsWith("/") ? Path.of(value) : otherwise;
    return base.resolve("slipway").toAbsolutePath().normalize();
  }

  /** Returns the folder of one deployment on this machine. */
  Path deployment(DeploymentName name, String environment) {
    String folder = environment.equals("default") ? name.value() : name.value() + "@" + environment;
    return state.resolve("local").resolve(folder);
  }
}
