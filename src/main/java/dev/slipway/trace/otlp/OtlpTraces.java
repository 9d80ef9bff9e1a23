package dev.slipway.trace.otlp;

import dev.slipway.failure.OperationFailed;
import dev.slipway.trace.Feedback;
import dev.slipway.trace.FeedbackRecorder;
import dev.slipway.trace.Trace;
import dev.slipway.trace.TraceRecorder;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends traces and feedback to an OpenTelemetry collector, by OTLP over HTTP in protobuf, on a
 * thread of its own. Thread-safe.
 *
 * <p>Those who bring traces never wait: what the bounded queue can't take, or the collector, is
 * counted and said once a minute.
 */
public final class OtlpTraces implements TraceRecorder, FeedbackRecorder, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OtlpTraces.class);
  private static final int BATCH = 64;
  private static final Duration SAY_AGAIN = Duration.ofMinutes(1);
  private static final Duration CLOSE_AT_MOST = Duration.ofSeconds(5);

  /** What the thread is given. */
  private sealed interface Item {
    /** A trace. */
    record Told(Trace trace) implements Item {}

    /** What was thought of one. */
    record Judged(Trace trace, Feedback feedback) implements Item {}

    /** Nothing: it wakes the thread, which is to end. */
    record End() implements Item {}
  }

  /**
   * What is told of the service itself.
   *
   * @param deployment its name
   * @param environment the manifest's environment; empty if it has none
   * @param version of Slipway
   * @param revision the model's commit
   * @param embedder the embedding model's name
   */
  public record Identity(
      String deployment, String environment, String version, String revision, String embedder) {}

  private final SpanExporter exporter;
  private final TraceSpans spans;
  private final Sampler sampler;
  private final Duration patience;
  private final Duration delay;
  private final Duration farewell;
  private final BlockingQueue<Item> queue;
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;
  private volatile boolean closing;
  private long saidDropped;
  private long sayNotBefore = System.nanoTime();

  private OtlpTraces(SpanExporter exporter, TraceSpans spans, OtlpSettings settings) {
    this.exporter = exporter;
    this.spans = spans;
    this.sampler = settings.sampler();
    // The exporter repeats what a collector asks to be repeated, within this.
    this.patience = settings.timeout().multipliedBy(3);
    this.delay = settings.delay();
    this.farewell =
        settings.timeout().compareTo(CLOSE_AT_MOST) < 0 ? settings.timeout() : CLOSE_AT_MOST;
    this.queue = new ArrayBlockingQueue<>(settings.queue());
    this.thread = Thread.ofPlatform().daemon().name("otlp").unstarted(this::run);
  }

  /**
   * Begins to export.
   *
   * @param content whether spans carry what was asked, read and said
   * @throws OperationFailed if the certificate can't be read
   */
  public static OtlpTraces start(OtlpSettings settings, Identity identity, boolean content) {
    OtlpTraces traces =
        new OtlpTraces(
            exporter(settings),
            new TraceSpans(resource(settings, identity), identity.embedder(), content),
            settings);
    traces.thread.start();
    return traces;
  }

  private static SpanExporter exporter(OtlpSettings settings) {
    OtlpHttpSpanExporterBuilder builder =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(settings.endpoint().toString())
            .setTimeout(settings.timeout())
            .setCompression(settings.gzip() ? "gzip" : "none");
    settings.headers().forEach(builder::addHeader);
    settings
        .certificate()
        .ifPresent(
            file -> {
              try {
                builder.setTrustedCertificates(Files.readAllBytes(file));
              } catch (IOException | IllegalArgumentException e) {
                throw new OperationFailed(
                    "otlp_certificate",
                    "Cannot export traces",
                    "the certificate " + file + " can't be read",
                    "Correct OTEL_EXPORTER_OTLP_CERTIFICATE.",
                    false,
                    e);
              }
            });
    return builder.build();
  }

  private static Resource resource(OtlpSettings settings, Identity identity) {
    AttributesBuilder attributes =
        Attributes.builder()
            .put("service.name", identity.deployment())
            .put("service.version", identity.version())
            .put("service.instance.id", UUID.randomUUID().toString())
            .put("slipway.deployment", identity.deployment())
            .put("slipway.revision", identity.revision());
    if (!identity.environment().isEmpty()) {
      attributes.put("deployment.environment.name", identity.environment());
    }
    settings
        .resource()
        .forEach((name, value) -> attributes.put(AttributeKey.stringKey(name), value));
    return Resource.getDefault().merge(Resource.create(attributes.build()));
  }

  @Override
  public void record(Trace trace) {
    if (sampler.takes(trace)) {
      offer(new Item.Told(trace));
    }
  }

  @Override
  public void record(Trace trace, Feedback feedback) {
    if (sampler.takes(trace)) {
      offer(new Item.Judged(trace, feedback));
    }
  }

  private void offer(Item item) {
    if (closing || !queue.offer(item)) {
      dropped.incrementAndGet();
    }
  }

  /** Returns how many traces and judgements did not reach the collector so far. */
  public long dropped() {
    return dropped.get();
  }

  /** Sends what is queued, then stops; waits for one request, and a few seconds at most. */
  @Override
  public void close() {
    closing = true;
    try {
      // Wakes the thread where it waits; a full queue needs no waking.
      var unused = queue.offer(new Item.End());
      thread.join(farewell);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    exporter.shutdown();
  }

  private void run() {
    try {
      while (!closing || !queue.isEmpty()) {
        Item first = queue.poll(SAY_AGAIN.toNanos(), TimeUnit.NANOSECONDS);
        if (first != null) {
          send(batch(first));
        }
        sayDropped();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      sayNotBefore = System.nanoTime();
      sayDropped();
    }
  }

  private List<Item> batch(Item first) throws InterruptedException {
    List<Item> items = new ArrayList<>();
    items.add(first);
    long end = System.nanoTime() + delay.toNanos();
    while (items.size() < BATCH && !closing && !(items.getLast() instanceof Item.End)) {
      Item next = queue.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        return items;
      }
      items.add(next);
    }
    queue.drainTo(items, BATCH - Math.min(BATCH, items.size()));
    return items;
  }

  private void send(List<Item> items) {
    List<SpanData> batch = new ArrayList<>();
    int told = 0;
    for (Item item : items) {
      switch (item) {
        case Item.Told trace -> batch.addAll(spans.of(trace.trace()));
        case Item.Judged judged -> batch.add(spans.of(judged.trace(), judged.feedback()));
        case Item.End _ -> told--;
      }
      told++;
    }
    if (batch.isEmpty()) {
      return;
    }
    try {
      CompletableResultCode sent = exporter.export(batch);
      if (!sent.join(patience.toMillis(), TimeUnit.MILLISECONDS).isSuccess()) {
        dropped.addAndGet(told);
      }
    } catch (RuntimeException broken) {
      dropped.addAndGet(told);
      LOG.debug("Traces were not exported: {}", broken.getClass().getName());
    }
  }

  private void sayDropped() {
    long now = dropped.get();
    if (now > saidDropped && System.nanoTime() - sayNotBefore >= 0) {
      LOG.warn("{} traces did not reach the collector", now - saidDropped);
      saidDropped = now;
      sayNotBefore = System.nanoTime() + SAY_AGAIN.toNanos();
    }
  }
}
