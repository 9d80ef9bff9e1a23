package dev.slipway.advise;

import dev.slipway.catalog.Catalog;
import dev.slipway.catalog.InferenceAmi;
import dev.slipway.catalog.InstanceType;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Finding;
import dev.slipway.plan.Finding.Severity;
import dev.slipway.plan.ImageUri;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Checks whether SageMaker can pull the image, and run its CUDA. */
final class ImageChecks {
  private final String region;
  private final Blueprint.Endpoint endpoint;
  private final Catalog catalog;
  private final List<Finding> findings = new ArrayList<>();

  ImageChecks(String region, Blueprint.Endpoint endpoint, Catalog catalog) {
    this.region = region;
    this.endpoint = endpoint;
    this.catalog = catalog;
  }

  List<Finding> findings() {
    registry();
    ImageUri.cuda(endpoint.container().image()).ifPresent(this::driver);
    return findings;
  }

  private void registry() {
    String image = endpoint.container().image();
    Optional<String> place = ImageUri.region(image);
    if (place.isEmpty()) {
      findings.add(
          new Finding(
              "image_not_in_ecr",
              Severity.REFUSE,
              "SageMaker can't pull " + image,
              "It pulls from Amazon ECR only",
              "Push the image to a repository in %s and name that.".formatted(region)));
    } else if (!place.get().equals(region)) {
      findings.add(
          new Finding(
              "image_in_other_region",
              Severity.REFUSE,
              "SageMaker can't pull " + image,
              "It lies in %s, the endpoint in %s".formatted(place.get(), region),
              "Copy the image to a repository in %s and name that.".formatted(region)));
    }
  }

  /** The wrong driver ends the container before its first log line. */
  private void driver(String cuda) {
    Optional<InferenceAmi> ami = endpoint.container().inferenceAmi().flatMap(catalog::ami);
    for (String name : endpoint.instances()) {
      OptionalInt driver =
          ami.map(each -> OptionalInt.of(each.driver()))
              .orElseGet(() -> defaultDriver(catalog.instance(name)));
      if (driver.isPresent() && !InferenceAmi.runs(driver.getAsInt(), cuda)) {
        findings.add(
            new Finding(
                "driver_too_old",
                Severity.REFUSE,
                "The image's CUDA does not run on " + name,
                "CUDA %s needs NVIDIA driver %d, %s has %d"
                    .formatted(
                        cuda,
                        InferenceAmi.leastDriver(Integer.parseInt(cuda.split("\\.", 2)[0])),
                        ami.map(InferenceAmi::name).orElse("SageMaker's default there"),
                        driver.getAsInt()),
                advice(cuda)));
      }
    }
  }

  private String advice(String cuda) {
    return catalog
        .amiFor(cuda)
        .map(
            ami ->
                "Give the image a tag that says cu%s, so that %s is chosen, or use one with an"
                        .formatted(cuda.replace(".", ""), ami.name())
                    + " older CUDA.")
        .orElse("Use an image with an older CUDA: no machine image that is known runs this one.");
  }

  private static OptionalInt defaultDriver(Optional<InstanceType> instance) {
    return instance
        .flatMap(InstanceType::gpu)
        .map(gpu -> OptionalInt.of(gpu.defaultDriver()))
        .orElse(OptionalInt.empty());
  }
}
