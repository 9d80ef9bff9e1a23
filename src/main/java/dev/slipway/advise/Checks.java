package dev.slipway.advise;

import dev.slipway.catalog.Catalog;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Checks what can be known before anything is created. */
public final class Checks {
  private Checks() {}

  /** Lists what was found, what stops a deploy first; empty if there is nothing to say. */
  public static List<Finding> findings(
      Manifest manifest, Lock lock, Blueprint blueprint, Facts facts) {
    Catalog catalog = Catalog.bundled();
    List<Finding> findings = new ArrayList<>();
    findings.addAll(new AccountChecks(manifest, blueprint, facts).findings());
    String region = blueprint.region();
    blueprint
        .endpoint()
        .ifPresent(
            endpoint -> {
              findings.addAll(
                  new ModelChecks(manifest, lock, region, endpoint, catalog).findings());
              findings.addAll(new ImageChecks(region, endpoint, catalog).findings());
            });
    blueprint
        .service()
        .flatMap(Blueprint.Service::model)
        .ifPresent(beside -> findings.addAll(new BesideChecks(manifest, lock, beside).findings()));
    findings.addAll(new ManifestChecks(manifest, blueprint, facts).findings());
    findings.addAll(new CostChecks(manifest, blueprint, facts, catalog).findings());
    return findings.stream().sorted(Comparator.comparing(Finding::severity)).toList();
  }
}
