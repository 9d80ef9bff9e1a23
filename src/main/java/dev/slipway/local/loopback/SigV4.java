package dev.slipway.local.loopback;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says who signed a request with AWS Signature Version 4. Nothing is verified: on loopback any
 * credentials will do, but a request without any (a web page's, say) is told apart.
 *
 * @param region that it was signed for; {@code local} where the signature names none
 */
public record SigV4(String region) {
  private static final Pattern HEADER =
      Pattern.compile("AWS4-(HMAC|ECDSA)-[A-Z0-9-]+ .*Credential=(?<scope>[^, ]+).*");
  private static final Pattern QUERY =
      Pattern.compile("(?:^|&)X-Amz-Credential=(?<scope>[^&]+)", Pattern.CASE_INSENSITIVE);

  /** Reads the header, or the query of a presigned address; absent if there is neither. */
  public static Optional<SigV4> of(ServerRequest request) {
    Optional<String> header = request.headers().first(HeaderNames.AUTHORIZATION);
    if (header.isPresent()) {
      Matcher matcher = HEADER.matcher(header.get());
      return matcher.matches() ? Optional.of(scoped(matcher.group("scope"))) : Optional.empty();
    }
    Matcher matcher = QUERY.matcher(request.prologue().query().rawValue());
    return matcher.find()
        ? Optional.of(scoped(matcher.group("scope").replace("%2F", "/").replace("%2f", "/")))
        : Optional.empty();
  }

  /** A scope is {@code key/date/region/service/aws4_request}. */
  private static SigV4 scoped(String scope) {
    String[] parts = scope.split("/", -1);
    boolean named = parts.length == 5 && parts[2].matches("[a-z0-9-]{1,32}");
    return new SigV4(named ? parts[2] : "local");
  }
}
