package dev.slipway.manifest;

import dev.slipway.manifest.UpdateSpec.Strategy;
import dev.slipway.model.ModelSpec;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Makes the records of values that are whole and break no rule. */
final class ManifestRecords {
  private final Values values;

  private ManifestRecords(Values values) {
    this.values = values;
  }

  /** Makes a manifest. */
  static Manifest of(Values values, Path folder, String environment) {
    ManifestRecords records = new ManifestRecords(values);
    return new Manifest(
        folder,
        environment,
        values.get(ManifestKeys.NAME),
        values.get(ManifestKeys.REGION),
        values.get(ManifestKeys.TARGET),
        records.model(),
        records.endpoint(),
        records.rag(),
        records.api(),
        records.trace(),
        records.eval(),
        values.get(ManifestKeys.EXPIRES),
        values.get(ManifestKeys.TAGS),
        values.changed());
  }

  private ModelSpec model() {
    return new ModelSpec(
        values.get(ManifestKeys.SOURCE),
        values.get(ManifestKeys.REVISION),
        values.get(ManifestKeys.FILES),
        Set.copyOf(values.get(ManifestKeys.ALLOW)));
  }

  private EndpointSpec endpoint() {
    return switch (values.get(EndpointKeys.KIND)) {
      case REALTIME ->
          new EndpointSpec.Realtime(
              hosting(), scaling(), update(), values.get(EndpointKeys.COMPONENTS));
      case ASYNC ->
          new EndpointSpec.Async(
              hosting(),
              scaling(),
              update(),
              values.get(EndpointKeys.CONCURRENCY),
              values.get(EndpointKeys.OUTPUT),
              values.get(EndpointKeys.SUCCESS),
              values.get(EndpointKeys.ERROR),
              values.get(EndpointKeys.TIMEOUT));
    };
  }

  private Hosting hosting() {
    return new Hosting(
        values.get(EndpointKeys.SERVER),
        values.get(EndpointKeys.INSTANCE),
        values.get(EndpointKeys.ENVIRONMENT),
        values.get(EndpointKeys.ENGINE),
        new Hosting.Network(
            values.get(EndpointKeys.SUBNETS),
            values.get(EndpointKeys.SECURITY_GROUPS),
            values.get(EndpointKeys.ISOLATION)),
        values.get(EndpointKeys.KMS_KEY),
        values.get(EndpointKeys.CAPTURE),
        new Hosting.Smoke(
            values.get(EndpointKeys.SMOKE_PROMPT), values.get(EndpointKeys.SMOKE_TIMEOUT)));
  }

  private Scaling scaling() {
    return new Scaling(
        values.get(ScalingKeys.MIN),
        values.get(ScalingKeys.MAX),
        values.get(ScalingKeys.CONCURRENCY),
        values.get(ScalingKeys.COOLDOWN_IN),
        values.get(ScalingKeys.COOLDOWN_OUT),
        values.get(ScalingKeys.SCHEDULE));
  }

  /** Components know no canary, so with them the default is another (UpdateKeys.STRATEGY). */
  private UpdateSpec update() {
    boolean rolling =
        values.get(EndpointKeys.COMPONENTS) && values.at(UpdateKeys.STRATEGY).isEmpty();
    return new UpdateSpec(
        rolling ? Strategy.ROLLING : values.get(UpdateKeys.STRATEGY),
        values.get(UpdateKeys.STEP),
        values.get(UpdateKeys.WAIT),
        Set.copyOf(values.get(UpdateKeys.ALARMS)),
        values.get(UpdateKeys.TIMEOUT));
  }

  private RagSpec rag() {
    return new RagSpec(
        values.get(RagKeys.STORE),
        values.get(RagKeys.COLLECTIONS),
        values.get(RagKeys.K),
        values.get(RagKeys.FIELDS),
        values.get(RagKeys.EXPAND),
        values.get(RagKeys.RERANK),
        values.get(RagKeys.PROMPT),
        values.get(RagKeys.TENANT),
        new RagSpec.Budgets(
            values.get(RagKeys.SELF_QUERY_BUDGET),
            values.get(RagKeys.EXPAND_BUDGET),
            values.get(RagKeys.RERANK_BUDGET)));
  }

  private ApiSpec api() {
    return new ApiSpec(
        values.get(ApiKeys.HOST),
        values.get(ApiKeys.ENGINE),
        values.get(ApiKeys.MODEL),
        values.get(ApiKeys.FALLBACK),
        values.get(ApiKeys.PORT),
        values.get(ApiKeys.KEYS),
        new ApiSpec.Access(
            values.get(ApiKeys.JWT), values.get(ApiKeys.ORIGINS), values.get(ApiKeys.TLS)),
        limits(),
        new ApiSpec.Checks(
            Set.copyOf(values.get(ApiKeys.REDACT)),
            values.get(ApiKeys.INPUT),
            values.get(ApiKeys.OUTPUT)),
        fargate());
  }

  private ApiSpec.Limits limits() {
    Optional<Long> tokens = values.get(ApiKeys.TOKENS);
    return new ApiSpec.Limits(
        values.get(ApiKeys.CONCURRENCY),
        values.get(ApiKeys.REQUESTS),
        tokens.isPresent() ? OptionalLong.of(tokens.get()) : OptionalLong.empty(),
        values.get(ApiKeys.BODY),
        values.get(ApiKeys.DEADLINE),
        number(values.get(ApiKeys.PROMPT_TOKENS)),
        number(values.get(ApiKeys.ANSWER_TOKENS)));
  }

  private static OptionalInt number(Optional<Integer> number) {
    return number.isPresent() ? OptionalInt.of(number.get()) : OptionalInt.empty();
  }

  private ApiSpec.Fargate fargate() {
    return new ApiSpec.Fargate(
        values.get(FargateKeys.VPC),
        values.get(FargateKeys.SUBNETS),
        values.get(FargateKeys.CPU),
        values.get(FargateKeys.MEMORY),
        values.get(FargateKeys.MIN),
        values.get(FargateKeys.MAX),
        values.get(FargateKeys.REQUESTS),
        new ApiSpec.LoadBalancer(
            values.get(FargateKeys.BALANCER_SUBNETS),
            values.get(FargateKeys.OPEN),
            values.get(FargateKeys.CERTIFICATE),
            values.get(FargateKeys.ALLOW)),
        values.get(FargateKeys.LOG_DAYS));
  }

  private EvalSpec eval() {
    return new EvalSpec(values.get(ServiceKeys.QUESTIONS), values.get(ServiceKeys.GATE));
  }

  private TraceSpec trace() {
    return new TraceSpec(
        values.get(ServiceKeys.TRACE_STORE),
        values.get(ServiceKeys.EXPORT),
        values.get(ServiceKeys.CONTENT));
  }
}
