package dev.slipway.api;

import dev.slipway.api.job.BucketJobStore;
import dev.slipway.api.job.FolderJobStore;
import dev.slipway.api.job.JobStore;
import dev.slipway.api.job.Jobs;
import dev.slipway.aws.AwsCloud;
import dev.slipway.aws.LoopbackObjects;
import dev.slipway.aws.SageMakerRuntimeClient;
import dev.slipway.deploy.StoredRequests;
import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.failure.OperationFailed;
import dev.slipway.inference.BgeSmallEmbedder;
import dev.slipway.inference.ModelTokenCounter;
import dev.slipway.inference.ModelTokens;
import dev.slipway.inference.OnnxCrossEncoder;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.RagSpec;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.ResourceNames;
import dev.slipway.rag.AnswerSettings;
import dev.slipway.rag.ContextWindow;
import dev.slipway.rag.ControlTokens;
import dev.slipway.rag.Embedder;
import dev.slipway.rag.PromptTemplate;
import dev.slipway.rag.Reranker;
import dev.slipway.rag.RetrievalAnswerer;
import dev.slipway.rag.TokenCounter;
import dev.slipway.rag.check.ContentChecks;
import dev.slipway.rag.index.PassageStore;
import dev.slipway.rag.index.VectorSpace;
import dev.slipway.rag.retrieval.HelpingModel;
import dev.slipway.rag.retrieval.MaximalMarginalRelevance;
import dev.slipway.rag.retrieval.RetrievalSettings;
import dev.slipway.rag.retrieval.StepwiseRetriever;
import dev.slipway.store.PassageStores;
import dev.slipway.trace.SqliteTraces;
import dev.slipway.trace.otlp.OtlpSettings;
import dev.slipway.trace.otlp.OtlpTraces;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** Wires the business layer by hand: the only place of this leaf that builds adapters. */
public final class Main {
  /** How long an endpoint without instances takes to wake, at the longest that is known of. */
  private static final Duration WAKE = Duration.ofMinutes(25);

  private Main() {}

  /**
   * Starts a business layer, which listens when this returns.
   *
   * @throws dev.slipway.failure.OperationFailed if the port is taken, or the template, the index or
   *     the trace file can't be used
   */
  public static Service start(ServiceSettings settings) {
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    try {
      return start(settings, opened);
    } catch (RuntimeException e) {
      Service.closeAll(opened);
      throw e;
    }
  }

  private static Service start(ServiceSettings settings, Deque<AutoCloseable> opened) {
    Manifest manifest = settings.manifest();
    open(opened, settings.entrance());
    ContentChecks checks = new ContentChecks(manifest.api().checks());
    PromptTemplate template = PromptTemplate.load(manifest.folder(), manifest.rag().prompt());
    BgeSmallEmbedder embedder = new BgeSmallEmbedder();
    PassageStore store =
        open(opened, PassageStores.open(settings.passages(), VectorSpace.of(embedder)));
    Function<String, Bucket> buckets = buckets(settings, opened);
    ChatModel model =
        ChatModels.of(
            settings,
            open(opened, runtime(settings)),
            () -> open(opened, requests(settings, buckets)));
    ControlTokens controlTokens =
        settings
            .snapshot()
            .map(snapshot -> ControlTokens.of(ModelTokens.controlTokens(snapshot)))
            .orElseGet(ControlTokens::wellKnown);
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    SqliteTraces traces = open(opened, SqliteTraces.open(settings.traces()));
    Optional<OtlpTraces> export = export(settings, embedder.name());
    export.ifPresent(opened::push);
    EndpointHealth health =
        new EndpointHealth(settings.endpointReadiness(), registry, System::nanoTime);
    TraceMetrics measured = new TraceMetrics(registry);
    measured.dropped("store", traces::dropped);
    export.ifPresent(collector -> measured.dropped("export", collector::dropped));
    var answerer =
        new RetrievalAnswerer(
            new StepwiseRetriever(
                embedder,
                store,
                reranker(settings, embedder, opened),
                HelpingModel.of(model, parameters(settings)),
                controlTokens,
                RetrievalSettings.of(manifest.rag())),
            controlTokens,
            window(settings),
            template,
            checks.over(model),
            checks.over(
                trace -> {
                  traces.record(trace);
                  export.ifPresent(collector -> collector.record(trace));
                  measured.record(trace);
                  health.record(trace);
                }),
            new AnswerSettings(
                manifest.name().value(),
                settings.endpoint().value(),
                revision(settings),
                manifest.rag().collections(),
                manifest.rag().k()),
            Clock.systemUTC());
    ApiServer server =
        open(
            opened,
            new ApiServer(
                new ApiServer.Collaborators(
                    manifest.name(),
                    settings.version(),
                    new LimitedAnswerer(
                        checks.over(answerer), manifest.api().limits(), counter(settings)),
                    traces,
                    (trace, feedback) -> {
                      traces.record(trace, feedback);
                      export.ifPresent(collector -> collector.record(trace, feedback));
                    },
                    () -> new Readiness(List.of(health.check())),
                    manifest.api().limits(),
                    settings.entrance(),
                    new RagJobs.Settings(
                        open(opened, jobs(settings, buckets)),
                        manifest.endpoint() instanceof EndpointSpec.Async,
                        jobTime(manifest),
                        Jobs.Limits.of(manifest.api().limits().concurrency())),
                    registry),
                ApiServer.Listen.at(settings.entrance().host(), settings.port())));
    server.start();
    // The first question must not wait for the embedder's weights.
    embedder.warmUp();
    return new Service(server, settings.entrance(), model, opened);
  }

  private static Function<String, Bucket> buckets(
      ServiceSettings settings, Deque<AutoCloseable> opened) {
    if (settings.loopback().isPresent()) {
      var at = settings.loopback().get();
      return open(opened, LoopbackObjects.at(at.objects(), at.region()))::bucket;
    }
    if (settings.bucket().isEmpty()) {
      return name -> {
        throw new IllegalStateException("no bucket is used");
      };
    }
    return open(opened, AwsCloud.open(settings.manifest().region(), System.getenv()))::bucket;
  }

  private static StoredRequests requests(
      ServiceSettings settings, Function<String, Bucket> buckets) {
    String store =
        settings
            .bucket()
            .orElseThrow(
                () ->
                    new OperationFailed(
                        "no_store",
                        "Cannot ask \"" + settings.endpoint() + "\"",
                        "there is no store to put an asynchronous request in.",
                        "Deploy it with `slipway deploy`, or name a bucket in SLIPWAY_BUCKET."));
    return new StoredRequests(buckets, ResourceNames.of(settings.manifest()), buckets.apply(store));
  }

  /** On this machine jobs are state, as traces are; elsewhere nothing may be kept on the disk. */
  private static JobStore jobs(ServiceSettings settings, Function<String, Bucket> buckets) {
    return settings.loopback().isPresent() || settings.bucket().isEmpty()
        ? FolderJobStore.open(settings.jobs())
        : new BucketJobStore(
            buckets.apply(settings.bucket().get()),
            ResourceNames.of(settings.manifest()).jobsPrefix());
  }

  /** Returns how long a job may take: a wake from zero comes before its answer. */
  private static Duration jobTime(Manifest manifest) {
    return switch (manifest.endpoint()) {
      case EndpointSpec.Realtime _ -> manifest.api().limits().deadline().plus(WAKE);
      case EndpointSpec.Async async -> async.timeout().plus(WAKE);
    };
  }

  private static RuntimeClient runtime(ServiceSettings settings) {
    return settings
        .beside()
        .orElseGet(
            () ->
                settings
                    .loopback()
                    .map(
                        at ->
                            SageMakerRuntimeClient.at(at.runtime(), at.region(), "local", "local"))
                    .orElseGet(
                        () ->
                            SageMakerRuntimeClient.fromEnvironment(settings.manifest().region())));
  }

  private static Optional<Reranker> reranker(
      ServiceSettings settings, Embedder embedder, Deque<AutoCloseable> opened) {
    return switch (settings.manifest().rag().rerank()) {
      case RagSpec.Rerank.None _ -> Optional.empty();
      case RagSpec.Rerank.Mmr _ -> Optional.of(new MaximalMarginalRelevance(embedder));
      case RagSpec.Rerank.CrossEncoder _ ->
          settings.crossEncoder().map(folder -> open(opened, OnnxCrossEncoder.open(folder)));
    };
  }

  private static OptionalLong parameters(ServiceSettings settings) {
    return settings.snapshot().map(s -> s.facts().parameters()).orElse(OptionalLong.empty());
  }

  private static ContextWindow window(ServiceSettings settings) {
    return ContextWindow.fitting(
        counter(settings), settings.contextLength().orElse(ContextWindow.DEFAULT_TOKENS));
  }

  private static TokenCounter counter(ServiceSettings settings) {
    return settings.snapshot().map(ModelTokenCounter::of).orElseGet(ModelTokenCounter::upper);
  }

  private static String revision(ServiceSettings settings) {
    return settings
        .snapshot()
        .map(snapshot -> snapshot.commit())
        .orElse(settings.manifest().model().revision());
  }

  private static Optional<OtlpTraces> export(ServiceSettings settings, String embedder) {
    Manifest manifest = settings.manifest();
    return OtlpSettings.of(manifest.trace().export(), System.getenv())
        .map(
            otlp ->
                OtlpTraces.start(
                    otlp,
                    new OtlpTraces.Identity(
                        manifest.name().value(),
                        manifest.environment(),
                        settings.version(),
                        revision(settings),
                        embedder),
                    manifest.trace().content()));
  }

  private static <T extends AutoCloseable> T open(Deque<AutoCloseable> opened, T part) {
    opened.push(part);
    return part;
  }
}
