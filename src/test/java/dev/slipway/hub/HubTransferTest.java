package dev.slipway.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import dev.slipway.hub.HubStandIn.Fault;
import dev.slipway.model.ModelFile;
import dev.slipway.model.SafetensorsBytes;
import dev.slipway.model.Snapshot;
import dev.slipway.model.TransferProgress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong on the way of a file's bytes, and what the user gets all the same. */
class HubTransferTest {

  private static final byte[] WEIGHTS = SafetensorsBytes.halfFloats("w", 200_000);
  private static final String CONFIG = "{\"architectures\": [\"LlamaForCausalLM\"]}";

  private final HubStandIn hub = new HubStandIn();
  private final HubHouse house;

  HubTransferTest(@TempDir Path folder) {
    house = new HubHouse(hub, folder);
    hub.file(HubHouse.COMMIT, "config.json", CONFIG.getBytes(StandardCharsets.UTF_8), false)
        .file(HubHouse.COMMIT, "model.safetensors", WEIGHTS, true)
        .branch("main", HubHouse.COMMIT);
  }

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void onlyTheHeadOfTheWeightsIsReadToResolve() {
    resolve();

    assertThat(hub.ranges())
        .singleElement()
        .extracting(HubStandIn.Asked::range)
        .isEqualTo(Optional.of("bytes=0-65535"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"RESET", "SHORT", "EXPIRED", "BROKEN", "WHOLE"})
  void aFaultOnTheWayIsOvercome(Fault fault) throws IOException {
    Snapshot resolved = resolve();
    hub.failing(fault, fault);

    Snapshot fetched = fetch(resolved);

    assertThat(fetched.path("model.safetensors").orElseThrow()).hasBinaryContent(WEIGHTS);
    try (Stream<Path> blobs = Files.list(house.repository().resolve("blobs"))) {
      assertThat(blobs).as("nothing half is left").hasSize(2);
    }
  }

  @Test
  void interruptedDownloadGoesOnWhereItWas() throws IOException {
    Snapshot resolved = resolve();
    Path partial =
        house
            .repository()
            .resolve("blobs")
            .resolve(HubStandIn.sha256(WEIGHTS) + ".slipway.incomplete");
    Files.write(partial, Arrays.copyOf(WEIGHTS, 300_000));
    hub.asked().clear();

    fetch(resolved);

    assertThat(hub.ranges())
        .singleElement()
        .extracting(HubStandIn.Asked::range)
        .isEqualTo(Optional.of("bytes=300000-" + (WEIGHTS.length - 1)));
    assertThat(partial).doesNotExist();
  }

  @Test
  void aTornPartOfAnEarlierRunIsFetchedAnew() throws IOException {
    Snapshot resolved = resolve();
    Path blobs = house.repository().resolve("blobs");
    byte[] torn = new byte[300_000];
    Files.write(blobs.resolve(HubStandIn.sha256(WEIGHTS) + ".slipway.incomplete"), torn);

    Snapshot fetched = fetch(resolved);

    assertThat(fetched.path("model.safetensors").orElseThrow()).hasBinaryContent(WEIGHTS);
  }

  @Test
  void wrongBytesAreNoSuccess() throws IOException {
    Snapshot resolved = resolve();
    hub.failing(Fault.WRONG_BYTES);

    assertFails("model_corrupt", () -> fetch(resolved));

    try (Stream<Path> blobs = Files.list(house.repository().resolve("blobs"))) {
      assertThat(blobs).as("only the configuration").hasSize(1);
    }
    assertThat(resolved.content().folder()).isEmpty();
    assertThat(fetch(resolved).content().folder()).as("the next try").isPresent();
  }

  @Test
  void aBlobThatWasDamagedOnDiskIsFetchedAnew() throws IOException {
    Snapshot fetched = fetch(resolve());
    Path blob = fetched.path("model.safetensors").orElseThrow().toRealPath();
    Files.write(blob, new byte[WEIGHTS.length]);

    assertThat(fetch(resolve()).path("model.safetensors").orElseThrow()).hasBinaryContent(WEIGHTS);
  }

  @Test
  void aChangedEtagIsNoticedWhileAFileIsRead() throws IOException {
    Snapshot resolved = resolve();
    ModelFile weights = resolved.files().getLast();
    read(resolved, weights, 0, 10);
    hub.failing(Fault.OTHER_ETAG);

    assertFails("model_changed", () -> read(resolved, weights, 10, 10));
  }

  @Test
  void anIgnoredRangeGivesTheRightBytesAllTheSame() throws IOException {
    Snapshot resolved = resolve();
    ModelFile weights = resolved.files().getLast();
    hub.failing(Fault.WHOLE);

    assertThat(read(resolved, weights, 1000, 50))
        .isEqualTo(Arrays.copyOfRange(WEIGHTS, 1000, 1050));
  }

  @Test
  void aSignedAddressThatExpiresIsRenewed() throws IOException {
    Snapshot resolved = resolve();
    ModelFile weights = resolved.files().getLast();
    read(resolved, weights, 0, 10);
    hub.failing(Fault.EXPIRED, Fault.EXPIRED);

    assertThat(read(resolved, weights, 10, 10)).isEqualTo(Arrays.copyOfRange(WEIGHTS, 10, 20));
  }

  @Test
  void aShortBodyIsABrokenConnectionAndNotTheFilesEnd() throws IOException {
    Snapshot resolved = resolve();
    hub.failing(Fault.SHORT);

    assertThatThrownBy(() -> read(resolved, resolved.files().getLast(), 0, 1000))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("500 bytes too early");
  }

  @Test
  void aConnectionThatFallsSilentIsGivenUpAndTakenUpAgain() throws IOException {
    house.patient(Duration.ofSeconds(1));
    Snapshot resolved = resolve();
    hub.failing(Fault.STALL);

    assertThat(fetch(resolved).path("model.safetensors").orElseThrow()).hasBinaryContent(WEIGHTS);
  }

  @Test
  void whatIsHereIsNotFetchedAgainAndNeedsNoHub() {
    Snapshot first = fetch(resolve());
    hub.asked().clear();

    Snapshot again =
        fetch(house.registry().resolve(HubHouse.model(), Path.of(""), Optional.of(first.commit())));

    assertThat(again.content().folder()).isEqualTo(first.content().folder());
    assertThat(hub.asked()).isEmpty();
  }

  @Test
  void offlineTakesWhatTheCacheHoldsAndSaysWhatItLacks() {
    fetch(resolve());
    hub.close();
    house.with("HF_HUB_OFFLINE", "1");

    assertThat(fetch(resolve()).content().folder()).isPresent();
    assertFails(
        "hub_offline",
        () -> house.registry().resolve(HubHouse.model("v9"), Path.of(""), Optional.empty()));
  }

  @Test
  void theCacheIsLaidOutAsTheHubsToolsExpect() throws IOException {
    Path folder = fetch(resolve()).content().folder().orElseThrow();

    Path repository = house.repository();
    assertThat(folder).isEqualTo(repository.resolve("snapshots").resolve(HubHouse.COMMIT));
    assertThat(repository.resolve("refs/main")).hasContent(HubHouse.COMMIT);
    assertThat(Files.readSymbolicLink(folder.resolve("model.safetensors")))
        .isEqualTo(Path.of("../../blobs/" + HubStandIn.sha256(WEIGHTS)));
    assertThat(Files.readSymbolicLink(folder.resolve("config.json")))
        .isEqualTo(
            Path.of("../../blobs/" + HubCache.gitBlob(CONFIG.getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void rateLimitIsWaitedOut() {
    hub.limiting(Map.of("Retry-After", "55")).limiting(Map.of("RateLimit", "\"api\";r=0;t=120"));

    assertThat(resolve().files()).hasSize(2);

    assertThat(house.clock.waited()).isBetween(Duration.ofSeconds(175), Duration.ofSeconds(179));
    assertThat(house.notices).anyMatch(notice -> notice.contains("56 s"));
  }

  @Test
  void aRateLimitWithoutEndIsToldAndNotWaitedFor() {
    hub.limiting(Map.of("Retry-After", "86400"));

    assertFails("hub_rate_limited", this::resolve);
    assertThat(house.clock.waited()).isZero();
  }

  @Test
  void aHubThatIsDownIsToldAfterAFewTries() {
    hub.close();

    assertFails("hub_unreachable", this::resolve);
  }

  @Test
  void twoFetchesAtOnceBringEachFileOnce() throws Exception {
    Snapshot resolved = resolve();
    hub.asked().clear();
    try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      java.util.concurrent.Callable<Snapshot> one =
          () -> house.registry(Waiting.REAL).fetch(resolved, TransferProgress.SILENT);
      var both = threads.invokeAll(List.of(one, one));
      for (var each : both) {
        assertThat(each.get().content().folder()).isPresent();
      }
    }

    assertThat(hub.ranges()).hasSize(1);
  }

  private Snapshot resolve() {
    return house.registry().resolve(HubHouse.model(), Path.of(""), Optional.empty());
  }

  private Snapshot fetch(Snapshot snapshot) {
    return house.registry().fetch(snapshot, TransferProgress.SILENT);
  }

  private static byte[] read(Snapshot snapshot, ModelFile file, long offset, long length)
      throws IOException {
    try (InputStream in = snapshot.content().open(file, offset, length)) {
      return in.readAllBytes();
    }
  }

  private static void assertFails(
      String code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OperationFailed.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.next()).isNotBlank();
              assertThat(e.sentences()).doesNotContain("Signature", "secret");
            });
  }
}
