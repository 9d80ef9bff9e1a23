package dev.slipway.aws.wire;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An HTTP proxy that tunnels connections ({@code CONNECT}).
 *
 * @param authorization what it is shown, for one that asks for a password
 */
public record Proxy(String host, int port, Optional<String> authorization) {

  /**
   * Returns the proxy on the way to an address, as the environment says: {@code HTTPS_PROXY},
   * {@code HTTP_PROXY} and {@code NO_PROXY}, in lower case first. An address by TLS for which only
   * {@code HTTP_PROXY} is set goes through that one, as with the AWS SDK.
   *
   * @throws IllegalArgumentException if what it says is no address; the message names the variable,
   *     and no password
   */
  public static Optional<Proxy> of(URI address, Map<String, String> environment) {
    boolean secure = "https".equalsIgnoreCase(address.getScheme());
    Optional<String> variable =
        Stream.of("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY")
            .filter(name -> secure || name.length() == "http_proxy".length())
            .filter(name -> !environment.getOrDefault(name, "").isBlank())
            .findFirst();
    String none =
        Stream.of("no_proxy", "NO_PROXY")
            .map(name -> environment.getOrDefault(name, ""))
            .filter(value -> !value.isBlank())
            .findFirst()
            .orElse("");
    return variable.isEmpty() || direct(Target.of(address, Optional.empty()).host(), none)
        ? Optional.empty()
        : variable.map(name -> parse(name, environment.getOrDefault(name, "").strip()));
  }

  private static Proxy parse(String variable, String value) {
    URI uri;
    try {
      uri = URI.create(value.contains("://") ? value : "http://" + value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(variable + " is no address of a proxy");
    }
    if (uri.getHost() == null || !"http".equalsIgnoreCase(uri.getScheme())) {
      throw new IllegalArgumentException(variable + " is no address of a proxy (http://HOST:PORT)");
    }
    Target at = Target.of(uri, Optional.empty());
    return new Proxy(
        at.host(), at.port(), Optional.ofNullable(uri.getRawUserInfo()).map(Proxy::basic));
  }

  private static String basic(String rawUserInfo) {
    String user = URLDecoder.decode(rawUserInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns whether a host is reached directly: by name, below a name, or by a pattern with *. */
  private static boolean direct(String host, String noProxy) {
    String wanted = host.toLowerCase(Locale.ROOT);
    for (String entry : noProxy.toLowerCase(Locale.ROOT).split("[,|\\s]+", -1)) {
      String name = entry.startsWith(".") ? entry.substring(1) : entry;
      if (name.isEmpty()) {
        continue;
      }
      boolean matches =
          name.contains("*")
              ? matches(wanted, name)
              : wanted.equals(name) || wanted.endsWith("." + name);
      if (matches) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String host, String pattern) {
    String[] parts = pattern.split("\\*", -1);
    int at = parts[0].length();
    if (!host.startsWith(parts[0])) {
      return false;
    }
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i];
      int found = i == parts.length - 1 ? host.length() - part.length() : host.indexOf(part, at);
      if (found < at || !host.startsWith(part, found)) {
        return false;
      }
      at = found + part.length();
    }
    return true;
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
