package dev.slipway.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of an OpenID Connect issuer, by its discovery document. They are fetched when
 * they are first needed, again after ten minutes, and sooner for a token of an unknown key, but
 * then at most every 30 seconds: who sends tokens of invented keys causes no flood. While the
 * issuer can't be reached the keys known last hold for an hour. Thread-safe.
 */
final class IssuerKeys {
  static final Duration FRESH = Duration.ofMinutes(10);
  static final Duration STALE = Duration.ofHours(1);
  static final Duration BETWEEN_SEARCHES = Duration.ofSeconds(30);

  /** After a failure: an issuer that is down is not asked for every request. */
  static final Duration BETWEEN_FAILURES = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(3);
  private static final int MOST_BYTES = 512 * 1024;

  private final URI issuer;
  private final LongSupplier nanoTime;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile Optional<Fetched> fetched = Optional.empty();
  private Optional<Long> triedAt = Optional.empty();

  private record Fetched(JWKSet keys, long at) {}

  IssuerKeys(URI issuer, LongSupplier nanoTime) {
    this.issuer = issuer;
    this.nanoTime = nanoTime;
  }

  /** Returns whether an address may be asked for keys: by TLS, or on this machine. */
  static boolean trusted(URI address) {
    if ("https".equals(address.getScheme())) {
      return true;
    }
    try {
      return "http".equals(address.getScheme())
          && address.getHost() != null
          && InetAddress.getByName(address.getHost()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /**
   * Returns the keys that may have signed something; empty if the issuer has none such.
   *
   * @throws OperationFailed if the issuer can't be asked and nothing is known of it
   */
  List<JWK> matching(JWKSelector selector) {
    List<JWK> found = selector.select(current().keys());
    return found.isEmpty() ? selector.select(searched().keys()) : found;
  }

  private Fetched current() {
    Optional<Fetched> known = fetched;
    if (known.isPresent() && age(known.get().at()).compareTo(FRESH) < 0) {
      return known.get();
    }
    if (known.isPresent() && age(known.get().at()).compareTo(STALE) < 0) {
      // One request fetches; the others go on with what is known.
      if (fetching.tryLock()) {
        try {
          fetch(BETWEEN_FAILURES);
        } finally {
          fetching.unlock();
        }
      }
      return fetched.orElseThrow();
    }
    fetching.lock();
    try {
      if (fetched.isEmpty() || age(fetched.get().at()).compareTo(STALE) >= 0) {
        fetched = Optional.empty();
        fetch(BETWEEN_FAILURES);
      }
      return fetched.orElseThrow(IssuerKeys::unavailable);
    } finally {
      fetching.unlock();
    }
  }

  /** Looks for a key that isn't known: the issuer may have a new one. */
  private Fetched searched() {
    fetching.lock();
    try {
      fetch(BETWEEN_SEARCHES);
      return fetched.orElseThrow(IssuerKeys::unavailable);
    } finally {
      fetching.unlock();
    }
  }

  private void fetch(Duration apart) {
    if (triedAt.isPresent() && age(triedAt.get()).compareTo(apart) < 0) {
      return;
    }
    triedAt = Optional.of(nanoTime.getAsLong());
    try {
      String text = issuer.toString();
      String root = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
      JsonNode discovery =
          JSON.readTree(get(URI.create(root + "/.well-known/openid-configuration")));
      if (!discovery.path("issuer").asText().equals(text)) {
        throw new IOException("its discovery document names another issuer");
      }
      URI address = URI.create(discovery.path("jwks_uri").asText());
      if (!trusted(address)) {
        throw new IOException("the address of its keys is not https");
      }
      fetched = Optional.of(new Fetched(JWKSet.parse(get(address)), nanoTime.getAsLong()));
    } catch (IOException | ParseException | IllegalArgumentException e) {
      LOG.warn("Cannot fetch the keys of the issuer {}: {}", issuer, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String get(URI address) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        http.send(
            HttpRequest.newBuilder(address)
                .timeout(ANSWER)
                .header("Accept", "application/json")
                .build(),
            HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException(address + " answered " + response.statusCode());
      }
      byte[] bytes = body.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException(address + " answered more than " + MOST_BYTES + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private Duration age(long at) {
    return Duration.ofNanos(nanoTime.getAsLong() - at);
  }

  private static OperationFailed unavailable() {
    return new OperationFailed(
        "issuer_unavailable",
        "Cannot check the token",
        "its issuer's keys can't be fetched",
        "Try again in a moment.",
        true,
        null);
  }
}
