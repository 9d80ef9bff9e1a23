package dev.slipway.aws;

import dev.slipway.deploy.cloud.Images;
import dev.slipway.failure.CloudFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ecr.EcrClient;
import software.amazon.awssdk.services.ecr.model.BatchDeleteImageResponse;
import software.amazon.awssdk.services.ecr.model.ImageFailure;
import software.amazon.awssdk.services.ecr.model.ImageFailureCode;
import software.amazon.awssdk.services.ecr.model.ImageIdentifier;
import software.amazon.awssdk.services.ecr.model.Repository;

/** The images of the store's repository. */
final class AwsImages implements Images {
  /** What one request may delete. */
  private static final int MOST_IMAGES = 100;

  private final Lazy<EcrClient> client;
  private final CloudFailures failures;

  AwsImages(Lazy<EcrClient> client, CloudFailures failures) {
    this.client = client;
    this.failures = failures;
  }

  @Override
  public List<String> digests(String repository) {
    return failures
        .find(
            ask("list the images of", "ListImages", repository),
            () ->
                client
                    .get()
                    .listImagesPaginator(request -> request.repositoryName(repository))
                    .imageIds()
                    .stream()
                    .map(ImageIdentifier::imageDigest)
                    .flatMap(Stream::ofNullable)
                    // An image has an entry for each of its tags.
                    .distinct()
                    .toList())
        .orElse(List.of());
  }

  @Override
  public Login login() {
    String token =
        failures.call(
            new Ask(
                "Cannot sign in to the account's image registry",
                "ecr:GetAuthorizationToken",
                "the account's image registry"),
            () ->
                client
                    .get()
                    .getAuthorizationToken()
                    .authorizationData()
                    .getFirst()
                    .authorizationToken());
    String pair = new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8);
    int colon = pair.indexOf(':');
    return new Login(pair.substring(0, colon), pair.substring(colon + 1));
  }

  @Override
  public Optional<String> address(String repository) {
    return failures
        .find(
            ask("describe", "DescribeRepositories", repository),
            () -> client.get().describeRepositories(request -> request.repositoryNames(repository)))
        .flatMap(answer -> answer.repositories().stream().findFirst())
        .map(Repository::repositoryUri);
  }

  @Override
  public Optional<String> digest(String repository, String tag) {
    return failures
        .find(
            ask("look for an image of", "BatchGetImage", repository),
            () ->
                client
                    .get()
                    .batchGetImage(
                        request ->
                            request
                                .repositoryName(repository)
                                .imageIds(ImageIdentifier.builder().imageTag(tag).build())))
        .flatMap(answer -> answer.images().stream().findFirst())
        .map(image -> image.imageId().imageDigest());
  }

  @Override
  public void delete(String repository, List<String> digests) {
    List<String> left = digests;
    while (!left.isEmpty()) {
      List<ImageFailure> failed = new ArrayList<>();
      for (int from = 0; from < left.size(); from += MOST_IMAGES) {
        failed.addAll(
            deleteSome(repository, left.subList(from, Math.min(left.size(), from + MOST_IMAGES))));
      }
      List<String> before = left;
      // An index of several platforms keeps its images: they go once it is gone.
      left = failed.stream().map(each -> each.imageId().imageDigest()).distinct().toList();
      if (left.size() == before.size()) {
        throw new CloudFailure(
            CloudFailure.Kind.CONFLICT,
            "Cannot delete images of repository \"" + repository + "\"",
            failed.getFirst().failureReason() + " (" + failed.getFirst().failureCode() + ")",
            "Remove what keeps them, then try again.",
            null);
      }
    }
  }

  private List<ImageFailure> deleteSome(String repository, List<String> digests) {
    return failures
        .find(
            ask("delete images of", "BatchDeleteImage", repository),
            () ->
                client
                    .get()
                    .batchDeleteImage(
                        request ->
                            request
                                .repositoryName(repository)
                                .imageIds(
                                    digests.stream()
                                        .map(
                                            digest ->
                                                ImageIdentifier.builder()
                                                    .imageDigest(digest)
                                                    .build())
                                        .toList())))
        .map(BatchDeleteImageResponse::failures)
        .orElse(List.of())
        .stream()
        .filter(failure -> failure.failureCode() != ImageFailureCode.IMAGE_NOT_FOUND)
        .toList();
  }

  private static Ask ask(String verb, String action, String repository) {
    return new Ask(
        "Cannot " + verb + " repository \"" + repository + "\"",
        "ecr:" + action,
        "repository \"" + repository + "\"");
  }
}
