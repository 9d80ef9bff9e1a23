package dev.slipway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slipway.failure.OperationFailed;
import dev.slipway.manifest.ApiSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Holds tokens against an issuer on loopback that this test writes by hand. */
final class JwtTokensTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private final HttpServer issuer;
  private final AtomicInteger fetches = new AtomicInteger();
  private final AtomicReference<List<JWK>> keys = new AtomicReference<>(List.of());
  private final AtomicLong nanos = new AtomicLong();
  private final ECKey ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
  private final URI address;
  private final JwtTokens tokens;
  private volatile boolean down;

  JwtTokensTest() throws IOException, JOSEException {
    issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    address = URI.create("http://127.0.0.1:" + issuer.getAddress().getPort() + "/realm");
    issuer.createContext(
        "/realm/.well-known/openid-configuration",
        exchange ->
            answer(
                exchange,
                "{\"issuer\":\"" + address + "\",\"jwks_uri\":\"" + address + "/keys\"}"));
    issuer.createContext(
        "/realm/keys",
        exchange -> {
          fetches.incrementAndGet();
          answer(exchange, new JWKSet(keys.get()).toString());
        });
    issuer.start();
    keys.set(List.of(ec.toPublicJWK()));
    tokens =
        new JwtTokens(new ApiSpec.Jwt(address, "chat", Optional.of("org")), () -> NOW, nanos::get);
  }

  @AfterEach
  void stop() {
    issuer.stop(0);
  }

  private void answer(HttpExchange exchange, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(down ? 503 : 200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer(address.toString())
        .audience("chat")
        .subject("ann@mail.example")
        .claim("org", "acme")
        .claim("scope", "openid slipway:ask traces")
        .expirationTime(Date.from(NOW.plusSeconds(60)));
  }

  private static String signed(JWSHeader header, JWTClaimsSet claims, JWSSigner signer)
      throws JOSEException {
    SignedJWT jwt = new SignedJWT(header, claims);
    jwt.sign(signer);
    return jwt.serialize();
  }

  private String signed(JWTClaimsSet.Builder claims) throws JOSEException {
    return signed(
        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("ec").type(JOSEObjectType.JWT).build(),
        claims.build(),
        new ECDSASigner(ec));
  }

  private String reason(String token) {
    try {
      throw new AssertionError(tokens.identify(token).toString());
    } catch (Denied denied) {
      return denied.reason();
    }
  }

  @Test
  void aGoodTokenNamesItsCallerTenantAndScopesAndTheKeysAreFetchedOnce() throws Exception {
    Identity identity = tokens.identify(signed(claims())).orElseThrow();

    assertThat(identity.tenant()).contains("acme");
    assertThat(identity.scopes()).isEqualTo(Set.of(Scope.ASK, Scope.TRACES));
    assertThat(identity.name()).startsWith("jwt:").doesNotContain("ann");
    assertThat(tokens.identify(signed(claims().claim("scope", null)))).isPresent();
    assertThat(fetches).hasValue(1);
  }

  @Test
  void everyClaimThatIsWrongIsNamed() throws Exception {
    assertThat(reason(signed(claims().expirationTime(Date.from(NOW.minusSeconds(31))))))
        .contains("expired");
    assertThat(reason(signed(claims().expirationTime(null)))).contains("expired");
    assertThat(reason(signed(claims().notBeforeTime(Date.from(NOW.plusSeconds(31))))))
        .contains("not valid yet");
    assertThat(reason(signed(claims().issuer("https://other.example")))).contains("issuer");
    assertThat(reason(signed(claims().audience("other")))).contains("audience");
    assertThat(reason(signed(claims().claim("org", null)))).contains("tenant");
    assertThat(reason(signed(claims().subject(null)))).contains("sub");
  }

  @Test
  void clocksMayBeHalfAMinuteApart() throws Exception {
    assertThat(tokens.identify(signed(claims().expirationTime(Date.from(NOW.minusSeconds(29))))))
        .isPresent();
  }

  @Test
  void aTokenOfAnotherKeyOrAlgorithmIsRefusedWhateverItClaims() throws Exception {
    JWTClaimsSet.Builder expired = claims().expirationTime(Date.from(NOW.minusSeconds(999)));
    ECKey other = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
    JWSHeader es256 = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("ec").build();
    String forged = signed(es256, expired.build(), new ECDSASigner(other));
    // The classic: the issuer's public key, taken as the secret of an HMAC.
    String mac =
        signed(
            new JWSHeader(JWSAlgorithm.HS256),
            claims().build(),
            new MACSigner(ec.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));

    assertThat(reason(forged)).contains("signature").doesNotContain("expired");
    assertThat(reason(mac)).contains("algorithm");
    assertThat(reason(new PlainJWT(claims().build()).serialize())).contains("not a signed JWT");
    assertThat(reason("a.b.c")).contains("not a signed JWT");
    assertThat(tokens.identify("plain-key")).isEmpty();
  }

  @Test
  void aNewKeyOfTheIssuerIsFoundButInventedOnesCauseNoFlood() throws Exception {
    assertThat(tokens.identify(signed(claims()))).isPresent();
    RSAKey rsa = new RSAKeyGenerator(2048).keyID("new").generate();
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("new").build();
    String token = signed(header, claims().build(), new RSASSASigner(rsa));
    keys.set(List.of(ec.toPublicJWK(), rsa.toPublicJWK()));

    assertThat(reason(token)).contains("signature");
    assertThat(fetches).hasValue(1);
    nanos.addAndGet(IssuerKeys.BETWEEN_SEARCHES.toNanos());
    assertThat(tokens.identify(token)).isPresent();
    assertThat(fetches).hasValue(2);
  }

  @Test
  void anIssuerThatIsDownCostsNothingForAnHour() throws Exception {
    String token = signed(claims());
    assertThat(tokens.identify(token)).isPresent();
    down = true;
    nanos.addAndGet(Duration.ofMinutes(59).toNanos());
    assertThat(tokens.identify(token)).isPresent();
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThatThrownBy(() -> tokens.identify(token)).isInstanceOf(OperationFailed.class);

    down = false;
    nanos.addAndGet(IssuerKeys.BETWEEN_FAILURES.toNanos());
    assertThat(tokens.identify(token)).isPresent();
  }

  @Test
  void anIssuerIsAskedByTlsOrOnThisMachineOnly() {
    for (String url : List.of("https://login.example/", "http://127.0.0.1:1/x")) {
      assertThat(IssuerKeys.trusted(URI.create(url))).as(url).isTrue();
    }
    for (String url : List.of("http://192.0.2.1/", "file:/etc/passwd", "ftp://127.0.0.1/")) {
      assertThat(IssuerKeys.trusted(URI.create(url))).as(url).isFalse();
    }
  }
}
