package dev.slipway.infra;

import software.amazon.awscdk.CfnDeletionPolicy;
import software.amazon.awscdk.services.ecr.CfnRepository;
import software.constructs.Construct;

/**
 * A repository for the service's image and the user's own serving images, scanned when pushed,
 * removed with its images.
 */
final class ImageRepository extends Construct {
  private final CfnRepository repository;

  /**
   * Declares the repository.
   *
   * @param name of the repository, as ECR allows it
   */
  ImageRepository(Construct scope, String id, String name) {
    super(scope, id);
    repository =
        CfnRepository.Builder.create(this, "Repository")
            .repositoryName(name)
            .imageScanningConfiguration(
                CfnRepository.ImageScanningConfigurationProperty.builder().scanOnPush(true).build())
            .emptyOnDelete(true)
            .build();
    repository.overrideLogicalId("Repository");
    repository.getCfnOptions().setDeletionPolicy(CfnDeletionPolicy.DELETE);
    repository.getCfnOptions().setUpdateReplacePolicy(CfnDeletionPolicy.RETAIN);
  }

  String name() {
    return repository.getRef();
  }
}
