package dev.slipway.cli;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.failure.UsageFailure;
import dev.slipway.image.BaseImage;
import dev.slipway.image.BuiltImage;
import dev.slipway.image.ImagePlan;
import dev.slipway.image.ImageTarget;
import dev.slipway.image.Platform;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipway image}. */
@Command(
    name = "image",
    description = {
      "Builds the container image of the manifest's service, without Docker, and saves or pushes"
          + " it.",
      "It runs `slipway serve` as a user without rights, and writes below /tmp alone."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway image --tar service.tar && docker load -i service.tar",
      "  slipway image -e prod --push registry.example/team/chat:1",
      "  slipway image --tar service.tar --base tar:jre.tar   with no registry at all"
    })
final class ImageCommand extends SlipwayAction {
  /** A repository of Amazon ECR, whose token the AWS credentials give. */
  private static final Pattern ECR =
      Pattern.compile("[0-9]{12}\\.dkr\\.ecr\\.([a-z0-9-]+)\\.amazonaws\\.com(\\.cn)?/.+");

  @Mixin private ManifestOptions manifest = new ManifestOptions();

  @Option(
      names = "--tar",
      paramLabel = "FILE",
      description = "save it, for `docker load` and others")
  private @Nullable Path tar;

  @Option(
      names = "--push",
      paramLabel = "REF",
      description =
          "push it to [registry/]repository[:tag], signed in as Docker is; to Amazon ECR as the"
              + " AWS environment is")
  private @Nullable String push;

  @Option(
      names = "--base",
      paramLabel = "IMAGE",
      description =
          "what it begins with, a JRE 25 or JDK 25: a reference, or tar:FILE as `docker save`"
              + " writes it (default: $SLIPWAY_IMAGE_BASE, else eclipse-temurin:25-jre)")
  private @Nullable String base;

  @Option(
      names = "--platform",
      paramLabel = "PLATFORM",
      defaultValue = "linux/amd64",
      description = "linux/amd64 or linux/arm64 (default: ${DEFAULT-VALUE})")
  private String platform = "linux/amd64";

  ImageCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    Logging.quiet();
    var selection = manifest.select(surroundings());
    String named = push;
    Path file = tar;
    if ((file == null) == (named == null)) {
      throw new UsageFailure(
          "Cannot build the image",
          file == null ? "nothing says where it goes" : "it can go to one place at a time",
          "Give --tar FILE or --push REF.");
    }
    ImagePlan plan =
        new DeploymentImage(surroundings(), selection)
            .plan(
                base == null ? DeploymentImage.base(surroundings()) : BaseImage.parse(base),
                wanted());
    ImageTarget target =
        named != null
            ? new ImageTarget.Registry(named, login(named))
            : new ImageTarget.Tar(
                Path.of(String.valueOf(file)).toAbsolutePath(),
                selection.manifest().name().value() + ":" + tag());
    console().say("Building on " + plan.base() + " for " + plan.platform());
    BuiltImage built =
        surroundings()
            .adapters()
            .images(surroundings().home().cache())
            .build(plan, target, console()::say);
    report(plan, built);
    return ExitCode.DONE;
  }

  /** A version may hold what a tag may not. */
  private static String tag() {
    return BuildVersion.number().replaceAll("[^A-Za-z0-9._-]", "_");
  }

  private Platform wanted() {
    for (Platform each : Platform.values()) {
      if (each.toString().equals(platform)) {
        return each;
      }
    }
    throw new UsageFailure(
        "Cannot build an image for " + platform,
        "there are native libraries for linux/amd64 and linux/arm64 only",
        "Give --platform linux/amd64 or linux/arm64.");
  }

  private Optional<ImageTarget.Login> login(String reference) {
    Matcher repository = ECR.matcher(reference);
    if (!repository.matches()) {
      return Optional.empty();
    }
    try (Cloud cloud = surroundings().adapters().cloud(Optional.of(repository.group(1)))) {
      var login = cloud.images().login();
      return Optional.of(new ImageTarget.Login(login.user(), login.password()));
    }
  }

  private void report(ImagePlan plan, BuiltImage built) {
    List<Map<String, Object>> layers = new ArrayList<>();
    for (ImagePlan.Layer layer : plan.layers()) {
      layers.add(Map.of("name", layer.name(), "bytes", layer.bytes()));
      console()
          .say(
              String.format(
                  Locale.ROOT, "  %-10s %10s", layer.name(), TransferLine.bytes(layer.bytes())));
    }
    console()
        .say(
            "Built "
                + built.name()
                + ": "
                + TransferLine.bytes(plan.bytes())
                + " on its base, before compression");
    if (json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("image", built.name());
      document.put("digest", built.digest());
      document.put("base", plan.base().toString());
      document.put("platform", plan.platform().toString());
      document.put("bytes", plan.bytes());
      document.put("layers", layers);
      console().json(document);
    } else {
      console().data(built.digest());
    }
    console()
        .plain(
            tar == null
                ? "Run it: docker run --read-only --tmpfs /tmp -p 8000:" + plan.port() + " " + push
                : "Load it: docker load -i " + tar);
  }
}
