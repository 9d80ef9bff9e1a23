package dev.slipway.api;

import dev.slipway.aws.SageMakerRuntimeClient;
import dev.slipway.endpoint.EndpointChatModel;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.inference.BgeSmallEmbedder;
import dev.slipway.inference.ModelTokenCounter;
import dev.slipway.inference.ModelTokens;
import dev.slipway.manifest.Manifest;
import dev.slipway.rag.AnswerSettings;
import dev.slipway.rag.ContextWindow;
import dev.slipway.rag.ControlTokens;
import dev.slipway.rag.PassageRetriever;
import dev.slipway.rag.PromptTemplate;
import dev.slipway.rag.RetrievalAnswerer;
import dev.slipway.rag.TokenCounter;
import dev.slipway.rag.index.VectorSpace;
import dev.slipway.store.LuceneStore;
import dev.slipway.trace.SqliteTraces;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Wires the business layer by hand: the only place of this leaf that builds adapters. */
public final class Main {
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
    PromptTemplate template = PromptTemplate.load(manifest.folder(), manifest.rag().prompt());
    BgeSmallEmbedder embedder = new BgeSmallEmbedder();
    LuceneStore store = open(opened, new LuceneStore(settings.index(), VectorSpace.of(embedder)));
    SqliteTraces traces = open(opened, SqliteTraces.open(settings.traces()));
    EndpointChatModel model =
        new EndpointChatModel(
            open(opened, runtime(settings)), settings.endpoint(), settings.component());
    var answerer =
        new RetrievalAnswerer(
            new PassageRetriever(embedder, store),
            settings
                .snapshot()
                .map(snapshot -> ControlTokens.of(ModelTokens.controlTokens(snapshot)))
                .orElseGet(ControlTokens::wellKnown),
            window(settings),
            template,
            model,
            traces,
            new AnswerSettings(
                manifest.name().value(),
                settings.endpoint().value(),
                settings.snapshot().map(s -> s.commit()).orElse(manifest.model().revision()),
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
                    answerer,
                    traces,
                    () -> readiness(settings),
                    manifest.api().limits(),
                    settings.keyHashes().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new ApiKeys(settings.keyHashes())),
                    new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)),
                ApiServer.Listen.loopback(settings.port())));
    server.start();
    // The first question must not wait for the embedder's weights.
    embedder.warmUp();
    return new Service(server, model, opened);
  }

  private static RuntimeClient runtime(ServiceSettings settings) {
    return settings
        .loopback()
        .map(at -> SageMakerRuntimeClient.at(at.runtime(), at.region(), "local", "local"))
        .orElseGet(SageMakerRuntimeClient::fromEnvironment);
  }

  private static ContextWindow window(ServiceSettings settings) {
    TokenCounter counter =
        settings.snapshot().map(ModelTokenCounter::of).orElseGet(ModelTokenCounter::upper);
    return ContextWindow.fitting(
        counter, settings.contextLength().orElse(ContextWindow.DEFAULT_TOKENS));
  }

  private static Readiness readiness(ServiceSettings settings) {
    return new Readiness(
        List.of(new Readiness.Check("endpoint", settings.endpointReadiness().get())));
  }

  private static <T extends AutoCloseable> T open(Deque<AutoCloseable> opened, T part) {
    opened.push(part);
    return part;
  }
}
