package dev.slipway.infra;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the address of a container image. */
final class ImageUri {
  private static final Pattern ECR =
      Pattern.compile(
          "([0-9]{12})\\.dkr\\.ecr(?:-fips)?\\.([a-z0-9-]+)\\.[a-z0-9.-]+/([^:@]+)(?:[:@].*)?");

  private ImageUri() {}

  /** Returns the ARN of an image's repository in ECR; absent if it lies elsewhere. */
  static Optional<String> repositoryArn(String image) {
    Matcher uri = ECR.matcher(image);
    return uri.matches()
        ? Optional.of(
            "arn:${AWS::Partition}:ecr:%s:%s:repository/%s"
                .formatted(uri.group(2), uri.group(1), uri.group(3)))
        : Optional.empty();
  }
}
