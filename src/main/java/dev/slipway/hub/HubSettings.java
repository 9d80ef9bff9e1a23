package dev.slipway.hub;

import dev.slipway.failure.OperationFailed;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says which Hub is asked, as whom, and where its files are kept.
 *
 * @param endpoint of the Hub, without a final slash
 * @param token the user's, absent if there is none
 * @param cache the folder that the user's other tools keep the Hub's files in
 * @param offline whether nothing may be asked
 * @param patience how long a connection, an answer or the next byte may take
 */
public record HubSettings(
    URI endpoint, Optional<HubToken> token, Path cache, boolean offline, Duration patience) {

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /**
   * Reads what the Hub's own tools read: {@code HF_ENDPOINT}, {@code HF_TOKEN}, {@code
   * HF_TOKEN_PATH}, {@code HF_HOME}, {@code HF_HUB_CACHE}, {@code HF_HUB_OFFLINE}, {@code
   * XDG_CACHE_HOME}.
   *
   * @throws OperationFailed if one of them can't be used
   */
  public static HubSettings of(Map<String, String> environment) {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path caches = path(environment, xdg.isEmpty() ? "~/.cache" : xdg);
    String home = environment.getOrDefault("HF_HOME", "");
    Path folder = home.isEmpty() ? caches.resolve("huggingface") : path(environment, home);
    String cache = environment.getOrDefault("HF_HUB_CACHE", "");
    return new HubSettings(
        endpoint(environment.getOrDefault("HF_ENDPOINT", "").strip()),
        HubToken.find(environment, folder),
        cache.isEmpty() ? folder.resolve("hub") : path(environment, cache),
        environment.getOrDefault("HF_HUB_OFFLINE", "").strip().matches("(?i)1|on|yes|true"),
        Duration.ofSeconds(60));
  }

  static Path path(Map<String, String> environment, String text) {
    String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    boolean inHome = text.equals("~") || text.startsWith("~/");
    return Path.of(inHome ? home + text.substring(1) : text).toAbsolutePath().normalize();
  }

  private static URI endpoint(String text) {
    if (text.isEmpty()) {
      return URI.create("https://huggingface.co");
    }
    try {
      URI uri = new URI(text.replaceFirst("/+$", ""));
      boolean http = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (http
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Told below, without its text: it may hold a password.
    }
    throw new OperationFailed(
        "hub_endpoint_invalid",
        "Cannot use HF_ENDPOINT",
        "it is no https://host address, or holds a user name or a query",
        "Unset it, or give the address alone, such as https://huggingface.co.");
  }

  /** Returns whether an address is of the Hub itself, and not of another host. */
  boolean isHub(URI uri) {
    return endpoint.getScheme().equalsIgnoreCase(uri.getScheme())
        && endpoint.getHost().equalsIgnoreCase(uri.getHost())
        && port(endpoint) == port(uri);
  }

  /**
   * Returns whether the token may go to an address: only to the Hub, and never in the clear, unless
   * it stays on this machine.
   */
  boolean mayCarryToken(URI uri) {
    return isHub(uri) && isPrivate(uri);
  }

  /** Returns whether nobody on the way can read what goes to an address. */
  static boolean isPrivate(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme()) || LOOPBACK.contains(uri.getHost());
  }

  private static int port(URI uri) {
    int usual = "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    return uri.getPort() < 0 ? usual : uri.getPort();
  }
}
