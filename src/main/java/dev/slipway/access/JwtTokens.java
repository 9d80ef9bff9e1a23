package dev.slipway.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.slipway.manifest.ApiSpec;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Takes the tokens of an OpenID Connect issuer: JWTs signed by one of its keys, with an asymmetric
 * algorithm, for this service, at this time. What their claims lack is told only of tokens whose
 * signature is good. Thread-safe.
 *
 * <p>Scopes are the words {@code ask}, {@code traces} and {@code admin}, also as {@code
 * slipway:ask} or {@code slipway/ask}, of the claim {@code scope} or {@code scp}; a token with
 * neither claim may ask.
 */
public final class JwtTokens implements Credentials {
  /** How far the clocks of issuer and service may be apart. */
  static final Duration LEEWAY = Duration.ofSeconds(30);

  /** No HMAC, whose key would be public; no {@code none}. */
  static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private static final Pattern FORM =
      Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]*");
  private static final Pattern TENANT = Pattern.compile("[^\\p{Cntrl}]{1,200}");
  private static final Pattern PREFIX = Pattern.compile("^slipway[:/]");

  private final ApiSpec.Jwt expected;
  private final InstantSource clock;
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  /** Makes them for an issuer, which is not asked before the first token comes. */
  public JwtTokens(ApiSpec.Jwt expected) {
    this(expected, InstantSource.system(), System::nanoTime);
  }

  JwtTokens(ApiSpec.Jwt expected, InstantSource clock, LongSupplier nanoTime) {
    this.expected = expected;
    this.clock = clock;
    IssuerKeys keys = new IssuerKeys(expected.issuer(), nanoTime);
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            com.nimbusds.jose.JOSEObjectType.JWT,
            new com.nimbusds.jose.JOSEObjectType("at+jwt"),
            null));
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(
            ALGORITHMS, (selector, context) -> keys.matching(selector)));
    // Claims are checked below, in words of ours.
    processor.setJWTClaimsSetVerifier((claims, context) -> {});
  }

  /** Returns whether the issuer may be used: https, or on this machine. */
  public static boolean usable(ApiSpec.Jwt jwt) {
    return IssuerKeys.trusted(jwt.issuer());
  }

  @Override
  public Optional<Identity> identify(String token) {
    if (!FORM.matcher(token).matches()) {
      return Optional.empty();
    }
    return Optional.of(identity(verified(token)));
  }

  private JWTClaimsSet verified(String token) {
    SignedJWT jwt;
    try {
      jwt = SignedJWT.parse(token);
    } catch (ParseException e) {
      throw new Denied("The token is not a signed JWT.");
    }
    if (!ALGORITHMS.contains(jwt.getHeader().getAlgorithm())) {
      throw new Denied("The token is signed with an algorithm that is not taken.");
    }
    try {
      return processor.process(jwt, null);
    } catch (BadJOSEException | JOSEException e) {
      // One answer for an unknown key, another type and a wrong signature.
      throw new Denied("The signature of the token is not one of the issuer's.");
    }
  }

  private Identity identity(JWTClaimsSet claims) {
    Instant now = clock.instant();
    Date expires = claims.getExpirationTime();
    if (expires == null || !now.isBefore(expires.toInstant().plus(LEEWAY))) {
      throw new Denied("The token has expired.");
    }
    Date notBefore = claims.getNotBeforeTime();
    if (notBefore != null && now.isBefore(notBefore.toInstant().minus(LEEWAY))) {
      throw new Denied("The token is not valid yet.");
    }
    if (!expected.issuer().toString().equals(claims.getIssuer())) {
      throw new Denied("The token is of another issuer.");
    }
    if (!claims.getAudience().contains(expected.audience())) {
      throw new Denied("The token is for another audience.");
    }
    String subject = claims.getSubject();
    if (subject == null || subject.isBlank()) {
      throw new Denied("The token lacks the claim sub.");
    }
    // A subject can be an address of e-mail: the books get a name that gives nothing away.
    return new Identity(
        "jwt:" + ApiKey.hash(subject).substring(0, 12),
        expected.tenant().map(claim -> tenant(claims, claim)),
        scopes(claims));
  }

  private static String tenant(JWTClaimsSet claims, String claim) {
    if (claims.getClaim(claim) instanceof String tenant && TENANT.matcher(tenant).matches()) {
      return tenant;
    }
    throw new Denied("The token lacks the claim that names the tenant.");
  }

  private static Set<Scope> scopes(JWTClaimsSet claims) {
    Object scope = claims.getClaim("scope");
    Object claim = scope == null ? claims.getClaim("scp") : scope;
    if (claim == null) {
      return Set.of(Scope.ASK);
    }
    Collection<?> words =
        claim instanceof Collection<?> list ? list : Arrays.asList(claim.toString().split(" +"));
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (Object word : words) {
      Scope.of(PREFIX.matcher(String.valueOf(word)).replaceFirst("")).ifPresent(scopes::add);
    }
    return scopes;
  }
}
