package dev.slipway.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.Eventually;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.rag.index.PassagePlace;
import dev.slipway.store.QdrantStandIn;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service as it is wired, whose store takes requests and never answers. */
final class HangingStoreTest {
  private static final URI NOBODY = URI.create("http://127.0.0.1:9");

  private final Path folder;
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicInteger searches = new AtomicInteger();

  HangingStoreTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private void hang(String request) {
    searches.incrementAndGet();
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Service serve(URI store) {
    Manifest manifest =
        new ManifestReader()
            .read(
                "name: chat\nmodel: {source: \"hf://org/name\"}\napi: {limits: {deadline: 1s}}\n",
                "slipway.yaml",
                folder,
                Optional.empty(),
                _ -> Optional.empty());
    return Main.start(
        new ServiceSettings(
            "1.2.3",
            manifest,
            0,
            new EndpointName("chat"),
            Optional.empty(),
            Optional.of(new ServiceSettings.Loopback(NOBODY, "eu-west-1", NOBODY)),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            new PassagePlace.Qdrant(
                store, "key", "slipway_chat_default_", Set.of(), Optional.empty()),
            Optional.empty(),
            folder.resolve("traces"),
            folder.resolve("jobs"),
            Optional.empty(),
            Entrance.local(List.of()),
            Optional::empty));
  }

  @Test
  void isWaitedForUntilTheQuestionsDeadlineAndNoLonger() {
    try (var store = new QdrantStandIn("key", Optional.empty());
        HttpClient http = HttpClient.newHttpClient()) {
      store.watch(this::hang);
      try (Service service = serve(store.url())) {
        // A question may be late before it comes to the store, on a machine with much to do.
        Eventually.holds(
            "a question comes to the store",
            Duration.ofSeconds(60),
            () -> {
              isLateInTime(http, service);
              return searches.get() > 0;
            });
      } finally {
        over.countDown();
      }
    }
  }

  private static void isLateInTime(HttpClient http, Service service) {
    long began = System.nanoTime();
    HttpResponse<String> late;
    try {
      late =
          http.send(
              HttpRequest.newBuilder(URI.create(service.url() + "/rag"))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString("{\"query\": \"And now?\"}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(late.statusCode()).as(late.body()).isEqualTo(504);
    // The store's own patience is ten seconds.
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
  }
}
