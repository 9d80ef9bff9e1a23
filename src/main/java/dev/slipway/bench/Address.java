package dev.slipway.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Where requests go.
 *
 * @param secure whether by TLS
 * @param path with its query
 */
public record Address(boolean secure, String host, int port, String path) {
  /**
   * Reads an address.
   *
   * @param plain the path where the address names none
   * @throws IllegalArgumentException if it is none of HTTP
   */
  public static Address of(String text, String plain) {
    URI uri = URI.create(text);
    String scheme = String.valueOf(uri.getScheme());
    if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no address such as http://127.0.0.1:8080/rag");
    }
    boolean secure = scheme.equals("https");
    String path = uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return new Address(
        secure,
        uri.getHost(),
        uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80,
        (path == null || path.isEmpty() || path.equals("/") ? plain : path) + query);
  }

  /** Returns what the header Host says. */
  String authority() {
    return port == (secure ? 443 : 80) ? host : host + ":" + port;
  }

  Socket connect(Duration patience) throws IOException {
    int millis = Math.toIntExact(Math.min(Integer.MAX_VALUE, Math.max(1, patience.toMillis())));
    String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    Socket plain = new Socket();
    try {
      plain.setTcpNoDelay(true);
      plain.connect(new InetSocketAddress(name, port), millis);
      if (!secure) {
        return plain;
      }
      plain.setSoTimeout(millis);
      SSLSocket socket =
          (SSLSocket)
              ((SSLSocketFactory) SSLSocketFactory.getDefault())
                  .createSocket(plain, name, port, true);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket;
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  @Override
  public String toString() {
    return (secure ? "https://" : "http://") + authority() + path;
  }
}
