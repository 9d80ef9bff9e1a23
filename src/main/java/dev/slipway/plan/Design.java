package dev.slipway.plan;

import dev.slipway.catalog.Catalog;
import dev.slipway.catalog.InstanceType;
import dev.slipway.catalog.ServingImage;
import dev.slipway.catalog.ServingImage.Software;
import dev.slipway.failure.Refused;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Hosting;
import dev.slipway.manifest.Hosting.Server;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelSpec.Allowance;
import dev.slipway.plan.Blueprint.Container;
import dev.slipway.plan.Blueprint.ModelData;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Decides what a deployment is made of. */
public final class Design {
  private final Manifest manifest;
  private final Lock lock;
  private final String region;
  private final Catalog catalog;

  private Design(Manifest manifest, Lock lock, String region, Catalog catalog) {
    this.manifest = manifest;
    this.lock = lock;
    this.region = region;
    this.catalog = catalog;
  }

  /**
   * Decides, purely: the same arguments give the same blueprint.
   *
   * @param lock of the model that answers, as {@link AnsweringModel} says it
   * @throws Refused if there is nothing to decide: nothing that would be deployed, no image in the
   *     region, no instance that holds the model, variables or tags that AWS doesn't take
   */
  public static Blueprint of(Manifest manifest, Lock lock, String region) {
    return of(manifest, lock, region, Catalog.bundled());
  }

  /** Decides by another catalog. */
  static Blueprint of(Manifest manifest, Lock lock, String region, Catalog catalog) {
    insistOnSomething(manifest);
    AnsweringModel model = AnsweringModel.of(manifest);
    Design design = new Design(manifest, model.taken(lock), region, catalog);
    ResourceNames names = ResourceNames.of(manifest);
    Optional<Blueprint.Beside> beside =
        model.beside() ? Optional.of(BesideNeed.of(manifest, lock)) : Optional.empty();
    return new Blueprint(
        names,
        region,
        model.beside() ? Optional.empty() : Optional.of(design.endpoint()),
        ResourceTags.of(names, manifest.tags()),
        ServiceDesign.of(manifest, names, beside));
  }

  /**
   * Refuses a manifest of which nothing would be deployed.
   *
   * @throws Refused if both the service and the model that answers beside it run elsewhere
   */
  public static void insistOnSomething(Manifest manifest) {
    if (manifest.api().engine() == ApiSpec.Engine.EMBEDDED
        && manifest.api().host() == ApiSpec.Host.LOCAL) {
      throw new Refused(
          "nothing_to_deploy",
          "Cannot deploy \"" + manifest.name() + "\"",
          "With api.engine: embedded and api.host: local the service and its model run where you"
              + " start them, and nothing is left for AWS.",
          "Set api.host: fargate, or api.engine: endpoint; or start it here with `slipway up`, or"
              + " anywhere from its image (`slipway image`).");
    }
  }

  private Blueprint.Endpoint endpoint() {
    Hosting hosting = manifest.endpoint().hosting();
    List<String> instances = instances(hosting);
    List<InstanceType> known =
        instances.stream().flatMap(name -> catalog.instance(name).stream()).toList();
    boolean gpu = hasGpu(instances.getFirst());
    int gpus = gpus(instances, known);
    boolean remoteCode = manifest.model().allow().contains(Allowance.REMOTE_CODE);
    Image image = image(hosting, gpu);
    return new Blueprint.Endpoint(
        manifest.endpoint(),
        instances,
        new ModelData(
            ModelKeys.key(lock),
            ModelKeys.isArchive(lock),
            lock.files().stream().mapToLong(file -> file.size()).sum(),
            remoteCode),
        new Container(
            image.uri(),
            new ContainerVariables(lock, remoteCode, known, gpus).of(hosting),
            image.ami()),
        StartupNeed.of(lock, known, known.size() == instances.size(), gpus));
  }

  private List<String> instances(Hosting hosting) {
    if (!hosting.instances().isEmpty()) {
      return hosting.instances();
    }
    if (hosting.server() instanceof Server.Image) {
      throw new Refused(
          "instance_not_chosen",
          "Cannot choose an instance for an image of your own",
          "What it needs isn't known.",
          "Set endpoint.instance to a type, such as ml.g5.2xlarge.");
    }
    GpuNeed need = GpuNeed.of(lock);
    return InstanceChoice.fitting(need, hosting.server(), region, catalog).stream()
        .findFirst()
        .map(each -> List.of(each.name()))
        .orElseThrow(
            () ->
                new Refused(
                    "model_too_large",
                    "Cannot choose an instance for " + lock.source(),
                    "It takes about %s with a window of %,d tokens, more than any instance type in"
                            .formatted(Sizes.gib(need.totalBytes()), need.wantedTokens())
                        + " the catalog has.",
                    "Set endpoint.instance to a larger type, or serve a quantized version."));
  }

  /**
   * How many GPUs one copy of the model runs on: all of an instance's, or as few as hold it where
   * copies of a component share an instance. One number for all types of a list, which share their
   * container's variables.
   */
  private int gpus(List<String> instances, List<InstanceType> known) {
    if (known.isEmpty()) {
      return hasGpu(instances.getFirst()) ? 1 : 0;
    }
    boolean components =
        manifest.endpoint() instanceof EndpointSpec.Realtime realtime && realtime.components();
    int all = known.stream().mapToInt(InstanceType::gpus).min().orElse(0);
    if (manifest.endpoint().hosting().server() instanceof Server.Tei) {
      return Math.min(all, 1);
    }
    GpuNeed need = GpuNeed.of(lock);
    int least = known.stream().mapToInt(need::leastGpus).max().orElse(all);
    return components ? Math.min(least, all) : all;
  }

  private boolean hasGpu(String instance) {
    return catalog
        .instance(instance)
        .map(known -> known.gpus() > 0)
        // A family newer than the catalog: those of g and p have NVIDIA's.
        .orElse(instance.matches("ml\\.[gp][0-9].*"));
  }

  /** An image and the machine image below it. */
  private record Image(String uri, Optional<String> ami) {}

  private Image image(Hosting hosting, boolean gpu) {
    return switch (hosting.server()) {
      case Server.Vllm _ -> published(Software.VLLM, gpu);
      case Server.Lmi _ -> published(Software.LMI, gpu);
      case Server.Tei _ -> published(Software.TEI, gpu);
      case Server.Image own ->
          new Image(
              own.uri(),
              ImageUri.cuda(own.uri())
                  .filter(cuda -> gpu)
                  .flatMap(catalog::amiFor)
                  .map(ami -> ami.name()));
      case Server.LlamaCpp _ ->
          throw new Refused(
              "server_not_on_aws",
              "Cannot deploy llama.cpp to Amazon SageMaker",
              "It serves the local target only.",
              "Set endpoint.server to vllm or lmi.");
    };
  }

  private Image published(Software software, boolean gpu) {
    String name = software.name().toLowerCase(Locale.ROOT);
    ServingImage image =
        catalog
            .image(software, gpu)
            .orElseThrow(
                () ->
                    new Refused(
                        "instance_without_gpu",
                        "Cannot run %s on this instance type".formatted(name),
                        "It needs an NVIDIA GPU, and %s has none."
                            .formatted(manifest.endpoint().hosting().instances().getFirst()),
                        "Set endpoint.instance to a type with a GPU, such as ml.g5.2xlarge, or to"
                            + " auto."));
    return new Image(
        image
            .uri(region)
            .orElseThrow(
                () ->
                    new Refused(
                        "image_not_in_region",
                        "Cannot serve with %s in %s".formatted(name, region),
                        "No registry is known there that has its image.",
                        "Set region to another one, or endpoint.server to the URI of an image in"
                            + " your own registry there.")),
        image.inferenceAmi());
  }
}
