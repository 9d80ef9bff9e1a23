package dev.slipway.advise;

import dev.slipway.catalog.HostingLimits;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Expiry;
import dev.slipway.manifest.Hosting.Engine;
import dev.slipway.manifest.Hosting.Server;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.UpdateSpec.Strategy;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Finding;
import dev.slipway.plan.Finding.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks what the manifest asks for against what the endpoint will do. */
final class ManifestChecks {
  private final Manifest manifest;
  private final Blueprint blueprint;
  private final Facts facts;
  private final List<Finding> findings = new ArrayList<>();

  ManifestChecks(Manifest manifest, Blueprint blueprint, Facts facts) {
    this.manifest = manifest;
    this.blueprint = blueprint;
    this.facts = facts;
  }

  List<Finding> findings() {
    region();
    expiry();
    if (blueprint.endpoint().isPresent()) {
      endpoint();
    }
    return findings;
  }

  private void endpoint() {
    places();
    switch (manifest.endpoint()) {
      case EndpointSpec.Realtime _ -> realtime();
      case EndpointSpec.Async async -> async(async);
    }
    server();
    update();
    engine();
  }

  private void add(String code, Severity severity, String what, String why, String next) {
    findings.add(new Finding(code, severity, what, why, next));
  }

  private void region() {
    String region = blueprint.region();
    manifest
        .region()
        .filter(wanted -> !wanted.equals(region))
        .ifPresent(
            wanted ->
                add(
                    "region_mismatch",
                    Severity.REFUSE,
                    "The manifest is for another region",
                    "region is %s, the deploy goes to %s".formatted(wanted, region),
                    "Change region in the manifest, or deploy with that region."));
  }

  private void places() {
    String region = blueprint.region();
    manifest
        .endpoint()
        .hosting()
        .kmsKey()
        .filter(key -> key.startsWith("arn:") && !key.contains(":" + region + ":"))
        .ifPresent(key -> elsewhere("endpoint.kms_key", region));
    if (manifest.endpoint() instanceof EndpointSpec.Async async) {
      async
          .notifySuccess()
          .filter(topic -> !topic.contains(":" + region + ":"))
          .ifPresent(topic -> elsewhere("endpoint.async.notify.success", region));
      async
          .notifyError()
          .filter(topic -> !topic.contains(":" + region + ":"))
          .ifPresent(topic -> elsewhere("endpoint.async.notify.error", region));
    }
  }

  private void elsewhere(String key, String region) {
    add(
        "region_mismatch",
        Severity.REFUSE,
        key + " lies in another region",
        "The endpoint is in " + region + ", and SageMaker reaches no further",
        "Name one in " + region + ".");
  }

  private void expiry() {
    manifest
        .expires()
        .ifPresent(
            expiry -> {
              if (expiry instanceof Expiry.At at && !at.instant().isAfter(facts.now())) {
                add(
                    "expires_in_the_past",
                    Severity.REFUSE,
                    "The deployment would be expired at once",
                    "expires is %s, it is %s".formatted(at.instant(), facts.now()),
                    "Set expires to a later moment, or to a duration such as 8h.");
              }
            });
  }

  private void realtime() {
    Duration whole = HostingLimits.WHOLE_ANSWER.duration();
    Duration smoke = manifest.endpoint().hosting().smoke().timeout();
    if (smoke.compareTo(whole) > 0) {
      add(
          "smoke_too_long",
          Severity.WARN,
          "The smoke test can't wait as long as it should",
          "endpoint.smoke.timeout is %d s, and SageMaker ends a whole answer after %d s"
              .formatted(smoke.toSeconds(), whole.toSeconds()),
          "Ask for a short answer in endpoint.smoke.prompt, or set endpoint.kind: async.");
    }
    Duration deadline = manifest.api().limits().deadline();
    Duration streamed = HostingLimits.STREAMED_ANSWER.duration();
    if (deadline.compareTo(whole) > 0) {
      boolean evenStreamed = deadline.compareTo(streamed) > 0;
      add(
          "deadline_too_long",
          Severity.WARN,
          "Answers end before api.limits.deadline",
          "It is %d s; SageMaker ends whole answers after %d s and streamed ones after %d s"
              .formatted(deadline.toSeconds(), whole.toSeconds(), streamed.toSeconds()),
          evenStreamed
              ? "Lower it to %d s or less, or set endpoint.kind: async."
                  .formatted(streamed.toSeconds())
              : "Ask with \"stream\": true for long answers.");
    }
    if (manifest.api().limits().bodyBytes() > HostingLimits.BODY.value()) {
      add(
          "body_too_large",
          Severity.WARN,
          "Large requests may not reach the endpoint",
          "api.limits.body is %,d bytes; the service model takes %,d, newer pages of the guide %,d"
              .formatted(
                  manifest.api().limits().bodyBytes(),
                  HostingLimits.BODY.value(),
                  HostingLimits.BODY_BY_THE_GUIDE.value()),
          "Lower it, or set endpoint.kind: async for large inputs.");
    }
  }

  private void async(EndpointSpec.Async async) {
    add(
        "async_scales_on_backlog",
        Severity.INFO,
        "The endpoint scales on its queue",
        "endpoint.scaling.concurrency (%d) is how many requests may wait for each instance; a"
                .formatted(async.scaling().concurrency())
            + " queue makes no invocations, so that the usual metrics never scale an asynchronous"
            + " endpoint",
        "Nothing is to be done.");
  }

  private void server() {
    if (manifest.endpoint().hosting().server() instanceof Server.Tei) {
      add(
          "embeddings_not_chat",
          Severity.WARN,
          "tei serves embeddings, not chat",
          "`slipway ask`, POST /rag and the prompt of endpoint.smoke need a chat model",
          "Set endpoint.server to vllm or lmi if the model is for chat.");
    }
  }

  private void update() {
    boolean guarded = manifest.endpoint().update().strategy() != Strategy.ALL_AT_ONCE;
    if (manifest.endpoint().update().alarms().isEmpty() && guarded) {
      add(
          "no_rollback_alarms",
          Severity.WARN,
          "No alarm rolls a bad update back",
          "endpoint.update.alarms is empty, and without alarms SageMaker never rolls back",
          "Set endpoint.update.alarms: [errors, latency].");
    }
  }

  private void engine() {
    if (manifest.endpoint().hosting().engine() instanceof Engine.Proxy) {
      add(
          "engine_is_local",
          Severity.INFO,
          "endpoint.engine has no effect here",
          "It says what plays the container on the local target",
          "Nothing is to be done.");
    }
  }
}
