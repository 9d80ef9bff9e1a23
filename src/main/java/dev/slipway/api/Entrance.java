package dev.slipway.api;

import dev.slipway.access.Credentials;
import dev.slipway.access.JwtTokens;
import dev.slipway.access.KeyStore;
import dev.slipway.access.LiveKeys;
import dev.slipway.failure.Failure;
import dev.slipway.failure.Refused;
import dev.slipway.manifest.ApiSpec;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * Who is let into a service, and how it is reached. Closing it ends the watch over its keys.
 *
 * @param host where the service listens
 * @param credentials whose tokens are asked for; none lets everyone in, which only a service that
 *     listens on loopback does
 * @param origins of the pages that browsers may let use it
 * @param tls what it serves HTTPS with; absent for HTTP
 */
public record Entrance(
    String host, List<Credentials> credentials, List<String> origins, Optional<SSLContext> tls)
    implements AutoCloseable {
  /** Where a service listens if nothing else is said. */
  public static final String LOOPBACK = "127.0.0.1";

  /** Copies the lists. */
  public Entrance {
    credentials = List.copyOf(credentials);
    origins = List.copyOf(origins);
  }

  /**
   * Makes the entrance that a manifest describes.
   *
   * @param folder that the manifest's paths start from
   * @param host an address or a name of this machine
   * @param hashes of plain keys
   * @param store where other keys are; absent for nowhere
   * @param moreKeys what to do for a key where there is none, for the message; empty if the service
   *     may start without, and refuse everyone until there is one
   * @throws Refused with all that is wrong
   */
  public static Entrance of(
      ApiSpec api,
      Path folder,
      String host,
      Set<String> hashes,
      Optional<KeyStore> store,
      String moreKeys) {
    List<String> problems = new ArrayList<>();
    List<Credentials> credentials = new ArrayList<>();
    if (!hashes.isEmpty()) {
      credentials.add(new ApiKeys(hashes));
    }
    Optional<LiveKeys> keys = store.flatMap(place -> live(place, problems));
    keys.ifPresent(credentials::add);
    api.access().jwt().ifPresent(jwt -> addIssuer(jwt, credentials, problems));
    boolean noKey = hashes.isEmpty() && (keys.isEmpty() || !keys.get().any());
    if (api.keys().isPresent() && noKey && api.access().jwt().isEmpty() && !moreKeys.isEmpty()) {
      // Serving without keys would open to everyone what the manifest wants closed.
      problems.add("api.keys: " + api.keys().get() + " holds no key; " + moreKeys);
    }
    if (api.keys().isEmpty() && api.access().jwt().isEmpty()) {
      loopback(host)
          .ifPresentOrElse(
              here -> {
                if (!here) {
                  problems.add(
                      "--listen "
                          + host
                          + ": others than this machine could ask, so api.keys or api.jwt must be"
                          + " set");
                }
              },
              () -> problems.add("--listen " + host + ": is no address of this machine"));
    }
    Optional<SSLContext> tls =
        api.access()
            .tls()
            .flatMap(
                files -> {
                  try {
                    return Optional.of(
                        Certificates.read(
                            folder.resolve(files.certificate()), folder.resolve(files.key())));
                  } catch (IllegalArgumentException e) {
                    problems.add("api.tls." + e.getMessage());
                    return Optional.empty();
                  }
                });
    if (!problems.isEmpty()) {
      keys.ifPresent(LiveKeys::close);
      throw new Refused(
          problems.getFirst().contains("holds no key") ? "no_api_keys" : "service_misconfigured",
          "Cannot serve",
          String.join("\n", problems),
          "Mend what is named above; docs/protection.md explains each.");
    }
    return new Entrance(host, credentials, api.access().origins(), tls);
  }

  private static Optional<LiveKeys> live(KeyStore place, List<String> problems) {
    try {
      return Optional.of(new LiveKeys(place, InstantSource.system()));
    } catch (Failure e) {
      problems.add("api.keys: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static void addIssuer(
      ApiSpec.Jwt jwt, List<Credentials> credentials, List<String> problems) {
    if (JwtTokens.usable(jwt)) {
      credentials.add(new JwtTokens(jwt));
    } else {
      problems.add("api.jwt.issuer: " + jwt.issuer() + " is not https, nor on this machine");
    }
  }

  /** Returns whether only this machine reaches a host; absent if it has no such name. */
  private static Optional<Boolean> loopback(String host) {
    try {
      return Optional.of(InetAddress.getByName(host).isLoopbackAddress());
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  /** Returns an entrance on loopback, by HTTP. */
  static Entrance local(List<Credentials> credentials) {
    return new Entrance(LOOPBACK, credentials, List.of(), Optional.empty());
  }

  /** Returns whether everyone on this machine is let in. */
  public boolean open() {
    return credentials.isEmpty();
  }

  /** Returns whether only this machine reaches the service. */
  public boolean local() {
    return loopback(host).orElse(false);
  }

  /** Returns the service's URL on this machine. */
  String url(int port) {
    String scheme = tls.isPresent() ? "https" : "http";
    String name =
        switch (host) {
          case "0.0.0.0", "::", "[::]" -> LOOPBACK;
          default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        };
    return scheme + "://" + name + ":" + port;
  }

  @Override
  public void close() {
    for (Credentials each : credentials) {
      if (each instanceof LiveKeys keys) {
        keys.close();
      }
    }
  }
}
