package dev.slipway.aws;

import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.model.ModelRegistry;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.RelativePath;
import dev.slipway.model.Snapshot;
import dev.slipway.model.TransferProgress;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeModelPackageResponse;
import software.amazon.awssdk.services.sagemaker.model.ModelApprovalStatus;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageContainerDefinition;
import software.amazon.awssdk.services.sagemaker.model.ModelPackageSummary;
import software.amazon.awssdk.services.sagemaker.model.S3ModelDataType;
import software.amazon.awssdk.services.sagemaker.model.SageMakerException;

/**
 * Resolves {@code registry://} sources: a package of the SageMaker Model Registry.
 *
 * <p>Without a version it is the group's newest approved package. A version that is named is taken
 * while its approval is pending, because to name it is to choose it; a rejected one is refused. The
 * commit is {@code VERSION-CONTENTHASH}, so that a lock pins the package although a newer one is
 * approved meanwhile. Thread-safe.
 */
public final class ModelPackageRegistry implements ModelRegistry {
  private static final Pattern COMMIT = Pattern.compile("([1-9][0-9]{0,8})-[0-9a-f]{40}");
  private static final Pattern S3_URI = Pattern.compile("s3://([^/]+)/(.+)");
  private static final String SEE =
      "See `aws sagemaker list-model-packages --model-package-group-name ";

  private final Supplier<SageMakerClient> sageMaker;
  private final Supplier<S3Client> s3;
  private final S3Registry files;

  /**
   * Makes a registry.
   *
   * @param sageMaker asked for when a package is first resolved
   * @param s3 likewise
   * @param files resolves and fetches what a package's data lies in
   */
  public ModelPackageRegistry(
      Supplier<SageMakerClient> sageMaker, Supplier<S3Client> s3, S3Registry files) {
    this.sageMaker = sageMaker;
    this.s3 = s3;
    this.files = files;
  }

  @Override
  public Snapshot resolve(ModelSpec model, Path folder, Optional<String> commit) {
    return switch (model.source()) {
      case ModelSource.ModelPackage source -> resolve(model, source, commit);
      case ModelSource.LocalPath source -> throw unknown(source);
      case ModelSource.HuggingFace source -> throw unknown(source);
      case ModelSource.S3Prefix source -> throw unknown(source);
    };
  }

  @Override
  public Snapshot fetch(Snapshot snapshot, TransferProgress progress) {
    return files.fetch(snapshot, progress);
  }

  private Snapshot resolve(
      ModelSpec model, ModelSource.ModelPackage source, Optional<String> commit) {
    OptionalInt wanted = commit.isPresent() ? version(source, commit.get()) : source.version();
    ModelPackageSummary summary = find(source, wanted);
    DescribeModelPackageResponse described =
        call(
            source,
            () ->
                sageMaker
                    .get()
                    .describeModelPackage(d -> d.modelPackageName(summary.modelPackageArn())));
    Snapshot data = data(model, source, described);
    String identity = summary.modelPackageVersion() + "-" + data.commit();
    if (commit.isPresent() && !commit.get().equals(identity)) {
      throw new OperationFailed(
          "model_changed",
          "Cannot use the pinned model " + RelativePath.quoted(source.uri()),
          "the data of version " + summary.modelPackageVersion() + " was replaced since",
          "Put it back, or run `slipway model lock` to take what is there now.");
    }
    return new Snapshot(source, identity, data.files(), data.facts(), data.content());
  }

  private static OptionalInt version(ModelSource.ModelPackage source, String commit) {
    Matcher matcher = COMMIT.matcher(commit);
    if (!matcher.matches()) {
      throw new OperationFailed(
          "lock_invalid",
          "Cannot use the pinned commit of " + source.uri(),
          RelativePath.quoted(commit) + " is no version and content hash",
          "Restore slipway.lock from version control, or delete it.");
    }
    return OptionalInt.of(Integer.parseInt(matcher.group(1)));
  }

  private ModelPackageSummary find(ModelSource.ModelPackage source, OptionalInt wanted) {
    List<ModelPackageSummary> packages =
        call(
            source,
            () ->
                sageMaker
                    .get()
                    .listModelPackagesPaginator(l -> l.modelPackageGroupName(source.group()))
                    .modelPackageSummaryList()
                    .stream()
                    .toList());
    if (wanted.isEmpty()) {
      return packages.stream()
          .filter(p -> p.modelApprovalStatus() == ModelApprovalStatus.APPROVED)
          .max(Comparator.comparing(ModelPackageSummary::modelPackageVersion))
          .orElseThrow(
              () ->
                  refused(
                      source,
                      "none of its " + packages.size() + " packages is approved",
                      "Approve one, or name its version: registry://GROUP/VERSION."));
    }
    ModelPackageSummary named =
        packages.stream()
            .filter(p -> p.modelPackageVersion() == wanted.getAsInt())
            .findFirst()
            .orElseThrow(
                () ->
                    new OperationFailed(
                        "model_not_found",
                        "Cannot find the model " + RelativePath.quoted(source.uri()),
                        "the group has no version " + wanted.getAsInt(),
                        SEE + source.group() + "`."));
    if (named.modelApprovalStatus() == ModelApprovalStatus.REJECTED) {
      throw refused(
          source,
          "version " + wanted.getAsInt() + " was rejected",
          "Name another version, or approve this one if it was meant to be.");
    }
    return named;
  }

  private Snapshot data(
      ModelSpec model, ModelSource.ModelPackage source, DescribeModelPackageResponse described) {
    List<ModelPackageContainerDefinition> containers =
        described.inferenceSpecification() == null
            ? List.of()
            : described.inferenceSpecification().containers();
    if (containers.size() != 1) {
      throw refused(
          source,
          "its package has " + containers.size() + " containers, and one is served",
          "Register a package with one container that holds the model.");
    }
    ModelPackageContainerDefinition container = containers.getFirst();
    if (container.modelDataSource() == null || container.modelDataSource().s3DataSource() == null) {
      return container.modelDataUrl() == null
          ? missing(source)
          : at(model, source, container.modelDataUrl(), false);
    }
    var data = container.modelDataSource().s3DataSource();
    return data.s3Uri() == null
        ? missing(source)
        : at(model, source, data.s3Uri(), data.s3DataType() == S3ModelDataType.S3_PREFIX);
  }

  private static Snapshot missing(ModelSource.ModelPackage source) {
    throw refused(
        source,
        "its package names no model data",
        "Register a package with a ModelDataSource or a ModelDataUrl.");
  }

  private Snapshot at(
      ModelSpec model, ModelSource.ModelPackage source, String uri, boolean prefix) {
    Matcher matcher = S3_URI.matcher(uri);
    if (!matcher.matches()) {
      throw refused(
          source,
          "its model data is no s3:// address: " + RelativePath.quoted(uri),
          "Register a package whose data lies in S3.");
    }
    String bucket = matcher.group(1);
    String key = matcher.group(2);
    if (prefix) {
      String folder = key.endsWith("/") ? key : key + "/";
      return files.resolve(model, S3Source.below(s3.get(), source.uri(), bucket, folder));
    }
    if (!key.endsWith(".tar.gz")) {
      throw refused(
          source,
          "its model data is neither a prefix nor a .tar.gz: " + RelativePath.quoted(uri),
          "Register a package with S3DataType S3Prefix, or with an archive.");
    }
    return files.resolveWhole(model, S3Source.object(s3.get(), source.uri(), bucket, key));
  }

  private static <T> T call(ModelSource.ModelPackage source, Supplier<T> call) {
    try {
      return call.get();
    } catch (SageMakerException e) {
      if (CloudFailures.code(e).contains("NotFound")
          || String.valueOf(e.getMessage()).contains("does not exist")) {
        throw new OperationFailed(
            "model_not_found",
            "Cannot find the model " + RelativePath.quoted(source.uri()),
            "there is no such model package group in this region and account",
            "Check the name, AWS_REGION and AWS_PROFILE; list the groups with `aws sagemaker"
                + " list-model-package-groups`.",
            false,
            e);
      }
      throw S3Failures.ofModel(source.uri()).of("sagemaker:ListModelPackages", e);
    } catch (SdkException e) {
      throw S3Failures.ofModel(source.uri()).of("sagemaker:ListModelPackages", e);
    }
  }

  private static Refused refused(ModelSource.ModelPackage source, String why, String next) {
    return new Refused(
        "model_refused", "Cannot use the model " + RelativePath.quoted(source.uri()), why, next);
  }

  private static OperationFailed unknown(ModelSource source) {
    return new OperationFailed(
        "source_unsupported",
        "Cannot resolve " + source.uri(),
        "this registry resolves registry:// sources only",
        "Give model.source: registry://group[/version].");
  }
}
