package dev.slipway.plan;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what an image's address says. */
public final class ImageUri {
  private static final Pattern ECR =
      Pattern.compile(
          "[0-9]{12}\\.dkr\\.ecr(?:-fips)?\\.([a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?/.+");

  /** Tags of serving images name it in this form: {@code cu130}, {@code cu129}. */
  private static final Pattern CUDA = Pattern.compile(":.*\\bcu([0-9]{2})([0-9])\\b");

  private ImageUri() {}

  /** Returns the region of an image in Amazon ECR; absent for other registries. */
  public static Optional<String> region(String uri) {
    Matcher matcher = ECR.matcher(uri);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Returns the CUDA version that an image's tag names ({@code cu130} is 13.0), if it does. */
  public static Optional<String> cuda(String uri) {
    Matcher matcher = CUDA.matcher(uri);
    return matcher.find()
        ? Optional.of(matcher.group(1) + "." + matcher.group(2))
        : Optional.empty();
  }
}
