package dev.slipway.aws.wire;

import java.net.URI;
import java.util.Optional;

/**
 * Where requests go.
 *
 * @param secure whether by TLS
 * @param host a name, or an address of the Internet Protocol without brackets
 * @param proxy what tunnels the connections; absent for none
 */
public record Target(boolean secure, String host, int port, Optional<Proxy> proxy) {

  /** Returns the target of an {@code http} or {@code https} address. */
  public static Target of(URI address, Optional<Proxy> proxy) {
    boolean secure = "https".equalsIgnoreCase(address.getScheme());
    int port = address.getPort() < 0 ? (secure ? 443 : 80) : address.getPort();
    String host = String.valueOf(address.getHost());
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    return new Target(secure, bracketed ? host.substring(1, host.length() - 1) : host, port, proxy);
  }

  /** Returns the value of the {@code Host} header. */
  public String authority() {
    String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return port == (secure ? 443 : 80) ? name : name + ":" + port;
  }
}
