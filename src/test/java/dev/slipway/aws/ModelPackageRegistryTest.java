package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelRegistry;
import dev.slipway.model.ModelRegistryContract;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.Snapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.ModelApprovalStatus;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageContainerDefinition;

final class ModelPackageRegistryTest extends ModelRegistryContract {
  private static final AtomicInteger GROUPS = new AtomicInteger();

  private final Path folder;
  private final String group = "twin-" + GROUPS.incrementAndGet();
  private final String bucket = "packages-" + group;
  private final S3Client s3;
  private final SageMakerClient sageMaker;
  private int published;

  ModelPackageRegistryTest(@TempDir Path folder) {
    this.folder = folder;
    s3 = S3BucketTest.client(MotoServer.uri(), new ArrayList<>());
    sageMaker =
        SageMakerClient.builder()
            .endpointOverride(MotoServer.uri())
            .region(Region.of(MotoServer.REGION))
            .httpClientBuilder(ApacheHttpClient.builder())
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("testing", "testing")))
            .build();
    s3.createBucket(
        b ->
            b.bucket(bucket)
                .createBucketConfiguration(c -> c.locationConstraint(MotoServer.REGION)));
    sageMaker.createModelPackageGroup(g -> g.modelPackageGroupName(group));
  }

  @AfterEach
  void close() {
    s3.close();
    sageMaker.close();
  }

  @Override
  protected void publish(Map<String, byte[]> files) {
    register(prefix(files), ModelApprovalStatus.APPROVED);
  }

  private String prefix(Map<String, byte[]> files) {
    String prefix = "v" + ++published + "/";
    files.forEach(
        (path, bytes) ->
            s3.putObject(p -> p.bucket(bucket).key(prefix + path), RequestBody.fromBytes(bytes)));
    return prefix;
  }

  private void register(String prefix, ModelApprovalStatus status) {
    register(
        status,
        ModelPackageContainerDefinition.builder()
            .image("image")
            .modelDataSource(
                d ->
                    d.s3DataSource(
                        s ->
                            s.s3Uri("s3://" + bucket + "/" + prefix)
                                .s3DataType("S3Prefix")
                                .compressionType("None")))
            .build());
  }

  private void register(ModelApprovalStatus status, ModelPackageContainerDefinition container) {
    sageMaker.createModelPackage(
        p ->
            p.modelPackageGroupName(group)
                .modelApprovalStatus(status)
                .inferenceSpecification(i -> i.containers(container)));
  }

  @Override
  protected ModelRegistry registry() {
    return new ModelPackageRegistry(
        () -> sageMaker, () -> s3, new S3Registry(() -> s3, folder.resolve("cache")));
  }

  @Override
  protected ModelSource source() {
    return new ModelSource.ModelPackage(group, OptionalInt.empty());
  }

  @Override
  protected Path folder() {
    return folder;
  }

  private Snapshot resolve(OptionalInt version, Optional<String> commit) {
    var source = new ModelSource.ModelPackage(group, version);
    return registry().resolve(new ModelSpec(source, "main", List.of(), Set.of()), folder, commit);
  }

  private Snapshot newest() {
    return resolve(OptionalInt.empty(), Optional.empty());
  }

  @Test
  void theNewestApprovedPackageIsTaken() {
    publish(transformersModel());
    publish(transformersModel());
    register(prefix(transformersModel()), ModelApprovalStatus.PENDING_MANUAL_APPROVAL);
    assertThat(newest().commit()).startsWith("2-");
  }

  @Test
  void aLockPinsThePackageAlthoughANewerOneIsApproved() {
    publish(transformersModel());
    Snapshot first = newest();
    publish(transformersModel());
    Snapshot pinned = resolve(OptionalInt.empty(), Optional.of(first.commit()));
    assertThat(pinned.commit()).isEqualTo(first.commit()).startsWith("1-");
    assertThat(newest().commit()).startsWith("2-");
  }

  @Test
  void dataThatWasReplacedUnderAPinIsTold() {
    publish(transformersModel());
    Snapshot first = newest();
    s3.putObject(p -> p.bucket(bucket).key("v1/tokenizer.json"), RequestBody.fromString("{}"));
    assertThatThrownBy(() -> resolve(OptionalInt.empty(), Optional.of(first.commit())))
        .isInstanceOfSatisfying(
            OperationFailed.class, e -> assertThat(e.code()).isEqualTo("model_changed"));
  }

  @Test
  void aNamedVersionIsTakenWhilePendingAndRefusedOnceRejected() {
    register(prefix(transformersModel()), ModelApprovalStatus.PENDING_MANUAL_APPROVAL);
    register(prefix(transformersModel()), ModelApprovalStatus.REJECTED);
    assertThat(resolve(OptionalInt.of(1), Optional.empty()).commit()).startsWith("1-");
    assertThatThrownBy(() -> resolve(OptionalInt.of(2), Optional.empty()))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("version 2 was rejected");
    assertThatThrownBy(this::newest)
        .isInstanceOf(Refused.class)
        .hasMessageContaining("none of its 2 packages is approved");
    assertThatThrownBy(() -> resolve(OptionalInt.of(3), Optional.empty()))
        .isInstanceOf(OperationFailed.class)
        .hasMessageContaining("no version 3");
  }

  @Test
  void anArchiveIsASnapshotOfThatOneFile() {
    s3.putObject(
        p -> p.bucket(bucket).key("out/model.tar.gz"), RequestBody.fromString("an archive"));
    register(
        ModelApprovalStatus.APPROVED,
        ModelPackageContainerDefinition.builder()
            .image("image")
            .modelDataUrl("s3://" + bucket + "/out/model.tar.gz")
            .build());
    assertThat(newest().files())
        .extracting(ModelFile::path, ModelFile::size)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("model.tar.gz", 10L));
  }

  @Test
  void aGroupThatIsNotThereIsTold() {
    var source = new ModelSource.ModelPackage("nobodys-group", OptionalInt.empty());
    assertThatThrownBy(
            () ->
                registry()
                    .resolve(
                        new ModelSpec(source, "main", List.of(), Set.of()),
                        folder,
                        Optional.empty()))
        .hasMessageContaining("nobodys-group");
  }
}
