package dev.slipway.advise;

import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.Scaling;
import dev.slipway.manifest.UpdateSpec.Strategy;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Finding;
import dev.slipway.plan.Finding.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Checks what the account lets the deployment have: quotas, permissions. */
final class AccountChecks {
  private final Manifest manifest;
  private final Blueprint blueprint;
  private final Facts facts;
  private final List<Finding> findings = new ArrayList<>();

  AccountChecks(Manifest manifest, Blueprint blueprint, Facts facts) {
    this.manifest = manifest;
    this.blueprint = blueprint;
    this.facts = facts;
  }

  List<Finding> findings() {
    blueprint.endpoint().ifPresent(this::quotas);
    new TreeMap<>(facts.denied())
        .forEach(
            (action, reason) ->
                findings.add(
                    new Finding(
                        "action_denied",
                        // A simulation knows neither resource conditions nor session policies.
                        Severity.WARN,
                        "The caller may not " + action,
                        reason,
                        "Add the action to the caller's policy. If it is allowed for some"
                            + " resources only, this may be a false alarm.")));
    new TreeMap<>(facts.failedChecks())
        .forEach(
            (check, reason) ->
                findings.add(
                    new Finding(
                        "check_failed",
                        Severity.WARN,
                        "Could not check by " + check,
                        reason,
                        "Allow the caller " + check + " to have this checked before a deploy.")));
    return findings;
  }

  private void quotas(Blueprint.Endpoint endpoint) {
    Scaling scaling = manifest.endpoint().scaling();
    double least = Math.max(1, scaling.min());
    List<Finding> tooSmall = new ArrayList<>();
    for (String instance : endpoint.instances()) {
      Optional<Facts.Quota> quota = facts.quota(instance);
      if (quota.isEmpty()) {
        continue;
      }
      if (quota.get().limit().isEmpty()) {
        findings.add(
            new Finding(
                "quota_unknown",
                Severity.WARN,
                "Could not find out the quota for " + instance,
                "Service Quotas gave no usable answer for \"%s for endpoint usage\""
                    .formatted(instance),
                "Look it up in Service Quotas, Amazon SageMaker, in " + blueprint.region() + "."));
        continue;
      }
      double limit = quota.get().limit().getAsDouble();
      // The instances of this deployment make room for themselves.
      double others = Math.max(0, quota.get().used().orElse(0) - facts.running().orElse(0));
      if (limit - others < least) {
        tooSmall.add(tooSmall(instance, limit, others, least));
      } else {
        roomToGrow(instance, limit, others);
      }
    }
    boolean none = !tooSmall.isEmpty() && tooSmall.size() == endpoint.instances().size();
    for (Finding each : tooSmall) {
      findings.add(
          none
              ? each
              : new Finding(each.code(), Severity.WARN, each.what(), each.why(), each.next()));
    }
  }

  private Finding tooSmall(String instance, double limit, double others, double least) {
    String region = blueprint.region();
    return new Finding(
        limit < 1 ? "quota_zero" : "quota_too_small",
        Severity.REFUSE,
        "The quota for %s endpoints is too small in %s".formatted(instance, region),
        "it is %.0f, other endpoints use %.0f, and this one needs %.0f"
            .formatted(limit, others, least),
        "Ask for %.0f in Service Quotas (\"%s for endpoint usage\"), or set endpoint.instance to a"
                .formatted(others + least, instance)
            + " type with room.");
  }

  private void roomToGrow(String instance, double limit, double others) {
    Scaling scaling = manifest.endpoint().scaling();
    double free = limit - others;
    boolean blueGreen =
        manifest.endpoint().update().strategy() != Strategy.ROLLING
            && facts.running().orElse(0) > 0;
    double during = facts.running().orElse(0) * 2.0;
    if (blueGreen && during > free) {
      findings.add(
          new Finding(
              "quota_tight_for_update",
              Severity.WARN,
              "An update may not find enough %s".formatted(instance),
              "Old and new instances run side by side: %.0f are needed, the quota leaves %.0f"
                  .formatted(during, free),
              "Ask for more in Service Quotas, or set endpoint.update.strategy: rolling."));
    }
    if (scaling.max() > free) {
      findings.add(
          new Finding(
              "quota_below_max",
              Severity.WARN,
              "The endpoint can't scale to its max on %s".formatted(instance),
              "endpoint.scaling.max is %d, the quota leaves %.0f".formatted(scaling.max(), free),
              "Ask for more in Service Quotas (\"%s for endpoint usage\"), or lower max."
                  .formatted(instance)));
    }
  }
}
