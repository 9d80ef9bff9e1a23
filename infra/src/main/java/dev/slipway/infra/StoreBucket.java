package dev.slipway.infra;

import java.util.List;
import java.util.Map;
import software.amazon.awscdk.CfnDeletionPolicy;
import software.amazon.awscdk.services.s3.CfnBucket;
import software.amazon.awscdk.services.s3.CfnBucketPolicy;
import software.constructs.Construct;

/**
 * A bucket that only its account reaches, and only by TLS.
 *
 * <p>It keeps no old versions: what is deleted is gone, which is what the proof of a removal rests
 * on; models are pinned by hash and can be mirrored again. Slipway empties it before the stack is
 * deleted, so no function is needed for that.
 */
final class StoreBucket extends Construct {
  /** An interrupted mirror goes on with its uploads; after a week nobody will. */
  private static final int UPLOAD_DAYS = 7;

  private final CfnBucket bucket;

  StoreBucket(Construct scope, String id) {
    super(scope, id);
    bucket =
        CfnBucket.Builder.create(this, "Bucket")
            .publicAccessBlockConfiguration(
                CfnBucket.PublicAccessBlockConfigurationProperty.builder()
                    .blockPublicAcls(true)
                    .blockPublicPolicy(true)
                    .ignorePublicAcls(true)
                    .restrictPublicBuckets(true)
                    .build())
            .ownershipControls(
                CfnBucket.OwnershipControlsProperty.builder()
                    .rules(
                        List.of(
                            CfnBucket.OwnershipControlsRuleProperty.builder()
                                .objectOwnership("BucketOwnerEnforced")
                                .build()))
                    .build())
            .bucketEncryption(
                CfnBucket.BucketEncryptionProperty.builder()
                    .serverSideEncryptionConfiguration(
                        List.of(
                            CfnBucket.ServerSideEncryptionRuleProperty.builder()
                                .serverSideEncryptionByDefault(
                                    CfnBucket.ServerSideEncryptionByDefaultProperty.builder()
                                        .sseAlgorithm("AES256")
                                        .build())
                                .build()))
                    .build())
            .lifecycleConfiguration(
                CfnBucket.LifecycleConfigurationProperty.builder()
                    .rules(
                        List.of(
                            CfnBucket.RuleProperty.builder()
                                .id("abort-incomplete-uploads")
                                .status("Enabled")
                                .abortIncompleteMultipartUpload(
                                    CfnBucket.AbortIncompleteMultipartUploadProperty.builder()
                                        .daysAfterInitiation(UPLOAD_DAYS)
                                        .build())
                                .build()))
                    .build())
            .build();
    bucket.overrideLogicalId("Bucket");
    bucket.getCfnOptions().setDeletionPolicy(CfnDeletionPolicy.DELETE);
    bucket.getCfnOptions().setUpdateReplacePolicy(CfnDeletionPolicy.RETAIN);
    CfnBucketPolicy.Builder.create(this, "Policy")
        .bucket(bucket.getRef())
        .policyDocument(
            Statement.document(
                List.of(
                    Statement.deny("TlsOnly", "s3:*")
                        .on(bucket.getAttrArn(), bucket.getAttrArn() + "/*")
                        .when("Bool", "aws:SecureTransport", "false")
                        .by(Map.of("AWS", "*")))))
        .build()
        .overrideLogicalId("BucketPolicy");
  }

  String name() {
    return bucket.getRef();
  }
}
