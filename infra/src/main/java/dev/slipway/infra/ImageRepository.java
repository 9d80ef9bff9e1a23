package dev.slipway.infra;

import software.amazon.awscdk.CfnDeletionPolicy;
import software.amazon.awscdk.services.ecr.CfnRepository;
import software.constructs.Construct;

/** A repository for the user's own serving images, scanned when pushed, removed with its images. */
final class ImageRepository extends Construct {
  private final CfnRepository repository;

  ImageRepository(Construct scope, String id) {
    super(scope, id);
    repository =
        CfnRepository.Builder.create(this, "Repository")
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
