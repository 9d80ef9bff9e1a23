package dev.slipway.cli;

import dev.slipway.advise.Checks;
import dev.slipway.advise.Facts;
import dev.slipway.advise.Prices;
import dev.slipway.deploy.Deployer;
import dev.slipway.deploy.Intervention;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.failure.UsageFailure;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.plan.AnsweringModel;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Design;
import dev.slipway.plan.Finding;
import dev.slipway.plan.Plan;
import dev.slipway.plan.Planner;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.Templates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code slipway plan}. */
@Command(
    name = "plan",
    description = {
      "Says what a deploy would create, change, replace and delete, what that costs, and what"
          + " speaks against it.",
      "Nothing in the cloud is changed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway plan",
      "  slipway plan -e prod --json --detailed-exitcode   exit 2: there are changes",
      "  slipway plan --offline --region eu-west-1         asks no AWS"
    })
final class PlanCommand extends SlipwayAction {
  static final int CHANGES = 2;

  @Mixin private DeployOptions options = new DeployOptions();

  @Option(
      names = "--detailed-exitcode",
      description = "exit with 2 if there are changes, with 0 if there are none")
  private boolean detailed;

  @Option(
      names = "--offline",
      description =
          "ask no AWS: everything counts as new, prices are the catalog's, quotas are not checked")
  private boolean offline;

  PlanCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    Logging.quiet();
    var selection = options.select(surroundings());
    Plan plan = offline ? offline(selection) : online(selection);
    if (json()) {
      console().json(plan);
    } else {
      new PlanText(plan).lines(console()).forEach(console()::data);
      console()
          .plain(
              plan.changes().isEmpty()
                  ? "See how it is: slipway status" + options.repeated()
                  : "Do it: slipway deploy" + options.repeated());
    }
    return detailed && !plan.changes().isEmpty() ? CHANGES : ExitCode.DONE;
  }

  private Plan online(ManifestOptions.Selection selection) {
    Manifest manifest = selection.manifest();
    try (Cloud cloud = options.open(surroundings(), manifest);
        var view = new DeployView(console())) {
      var engine = new Engine(surroundings(), selection, cloud);
      return new Deployer(engine.collaborators(Intervention.none(), view))
          .plan(manifest, DeployOptions.lock(selection));
    }
  }

  private Plan offline(ManifestOptions.Selection selection) {
    Manifest manifest = selection.manifest();
    Design.insistOnSomething(manifest);
    String region =
        options
            .region(manifest)
            .or(() -> Optional.ofNullable(surroundings().environment().get("AWS_REGION")))
            .orElseThrow(
                () ->
                    new UsageFailure(
                        "Cannot plan offline",
                        "no region is named: profiles are not read offline",
                        "Give --region, or set region in the manifest."));
    AnsweringModel model = AnsweringModel.of(manifest);
    Lock pinned =
        Lock.of(
            model.spec(),
            new PinnedModel(
                    surroundings()
                        .adapters()
                        .models(surroundings().home().cache(), options.region(manifest)),
                    model.spec(),
                    manifest.folder(),
                    model.lock(DeployOptions.lock(selection)))
                .pin());
    Lock lock = model.taken(pinned);
    Templates wanted =
        surroundings()
            .adapters()
            .synthesizer(surroundings().home().cache())
            .synthesize(manifest, lock, region);
    ResourceNames names = ResourceNames.of(manifest);
    Blueprint blueprint = Design.of(manifest, lock, region);
    Facts facts = Facts.none(surroundings().adapters().pace().now());
    List<Finding> findings = new ArrayList<>(Checks.findings(manifest, lock, blueprint, facts));
    findings.add(
        new Finding(
            "offline",
            Finding.Severity.INFO,
            "Nothing was asked of AWS",
            "whatever runs already, everything counts as new",
            "Plan without --offline to compare with what runs."));
    Plan plan =
        Planner.plan(
            names,
            new Planner.Move(
                Optional.empty(), new Planner.Wanted(names.storeStack(), wanted.store(), Map.of())),
            wanted
                .endpoint()
                .map(
                    template ->
                        new Planner.Move(
                            Optional.empty(),
                            new Planner.Wanted(
                                names.endpointStack(),
                                template,
                                Map.of(Templates.BUCKET_PARAMETER, "the store's bucket")))),
            blueprint
                .endpoint()
                .map(endpoint -> Planner.mirrored(endpoint.model(), lock.files().size())),
            Prices.of(facts, region),
            findings);
    return wanted
        .service()
        .map(
            template ->
                Planner.withService(
                    plan,
                    new Planner.Move(
                        Optional.empty(),
                        new Planner.Wanted(names.serviceStack(), template, Map.of())),
                    List.of(),
                    Prices.of(facts, region)))
        .orElse(plan);
  }
}
