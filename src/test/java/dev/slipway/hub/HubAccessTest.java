package dev.slipway.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.SafetensorsBytes;
import dev.slipway.model.Snapshot;
import dev.slipway.model.TransferProgress;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may read what, and what those are told who may not. */
class HubAccessTest {

  private static final String TOKEN = "hf_verysecret";
  private static final byte[] WEIGHTS = SafetensorsBytes.halfFloats("w", 2000);

  private final HubStandIn hub = new HubStandIn();
  private final Path folder;
  private final HubHouse house;

  HubAccessTest(@TempDir Path folder) {
    this.folder = folder;
    house = new HubHouse(hub, folder);
    publish(HubHouse.COMMIT, "{}");
    hub.branch("main", HubHouse.COMMIT);
  }

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void theTokenNeverGoesToAnotherHost() {
    hub.needing(TOKEN);
    house.with("HF_TOKEN", TOKEN);

    house.registry().fetch(resolve("main"), TransferProgress.SILENT);

    assertThat(hub.ranges()).isNotEmpty().allMatch(asked -> asked.token().isEmpty());
    assertThat(hub.asked())
        .filteredOn(asked -> asked.server().equals("api"))
        .allMatch(asked -> asked.token().equals(Optional.of("Bearer " + TOKEN)));
  }

  @Test
  void theTokenNeverGoesInTheClearOverANetwork() {
    house.with("HF_TOKEN", TOKEN).with("HF_ENDPOINT", "http://hub.example");

    HubSettings settings = house.settings();

    assertThat(settings.token()).isPresent();
    assertThat(settings.mayCarryToken(URI.create("http://hub.example/org/name"))).isFalse();
    house.with("HF_ENDPOINT", "https://hub.example");
    HubSettings safe = house.settings();
    assertThat(safe.mayCarryToken(URI.create("https://hub.example/org/name"))).isTrue();
    assertThat(safe.mayCarryToken(URI.create("http://hub.example/org/name"))).isFalse();
    assertThat(safe.mayCarryToken(URI.create("https://hub.example:8443/org/name"))).isFalse();
    assertThat(safe.mayCarryToken(URI.create("https://hub.example.evil.com/"))).isFalse();
  }

  @Test
  void theTokenIsFoundWhereTheHubsToolsKeepIt() throws IOException {
    hub.needing(TOKEN);
    Path file = Files.writeString(folder.resolve("kept"), TOKEN + "\n");
    house.with("HF_TOKEN_PATH", file.toString());
    assertThat(resolve("main").files()).hasSize(2);

    house.with("HF_TOKEN_PATH", "");
    Path home = Files.createDirectories(folder.resolve(".cache/huggingface"));
    Files.writeString(home.resolve("token"), TOKEN);
    assertThat(resolve("main").files()).hasSize(2);
  }

  @Test
  void aTokenThatCannotBeOneIsToldWithoutItsText() {
    house.with("HF_TOKEN", "hf_one\nhf_two");

    assertThatThrownBy(() -> resolve("main"))
        .isInstanceOfSatisfying(
            OperationFailed.class,
            e -> {
              assertThat(e.code()).isEqualTo("hub_token_invalid");
              assertThat(e.sentences()).contains("HF_TOKEN").doesNotContain("hf_one");
            });
    assertThat(house.with("HF_TOKEN", TOKEN).settings().toString()).doesNotContain(TOKEN);
  }

  @ParameterizedTest
  @CsvSource({
    "GatedRepo, model_gated, Accept its terms at",
    "RepoNotFound, model_not_found, HF_TOKEN",
    "EntryNotFound, file_not_found, slipway.lock",
    "DisabledRepo, hub_denied, page",
    "'', hub_denied, permissions"
  })
  void eachRefusalHasItsOwnWords(String refusal, String code, String next) {
    house.with("HF_TOKEN", TOKEN);
    hub.refusing(refusal);

    assertFails(code, next, "main");
  }

  @Test
  void aPrivateModelLooksMissingWithoutAToken() {
    hub.needing(TOKEN);

    assertFails("model_not_found", "HF_TOKEN", "main");
  }

  @Test
  void anExpiredTokenIsToldAsOne() {
    hub.needing(TOKEN);
    house.with("HF_TOKEN", "hf_old");

    assertFails("hub_token_refused", "Make a new one", "main");
  }

  @Test
  void aMissingRevisionIsTold() {
    assertFails("revision_not_found", "model.revision", "v9");
    assertFails("revision_not_found", "model.revision", "9".repeat(40));
  }

  @Test
  void aBranchThatMovesMeanwhileChangesNothing() throws IOException {
    publish(HubHouse.LATER, "{\"architectures\": [\"Later\"]}");
    hub.afterResolving(() -> hub.branch("main", HubHouse.LATER));

    Snapshot resolved = resolve("main");
    Snapshot fetched = house.registry().fetch(resolved, TransferProgress.SILENT);

    assertThat(fetched.commit()).isEqualTo(HubHouse.COMMIT);
    assertThat(fetched.path("config.json").orElseThrow()).hasContent("{}");
    assertThat(hub.asked())
        .filteredOn(asked -> asked.path().contains("/resolve/") || asked.path().contains("/tree/"))
        .allMatch(asked -> asked.path().contains(HubHouse.COMMIT));
  }

  @Test
  void aPinnedCommitIsUsedAsGivenWhateverTheBranchNames() {
    publish(HubHouse.LATER, "{}");
    hub.branch("main", HubHouse.LATER);

    Snapshot pinned =
        house.registry().resolve(HubHouse.model(), folder, Optional.of(HubHouse.COMMIT));

    assertThat(pinned.commit()).isEqualTo(HubHouse.COMMIT);
    assertThat(hub.asked()).noneMatch(asked -> asked.path().contains("/revision/"));
  }

  @Test
  void manyFilesAreListedPageByPage() {
    hub.paging(1);

    assertThat(resolve("main").files())
        .extracting(ModelFile::path)
        .containsExactly("config.json", "model.safetensors");
  }

  @Test
  void aRenamedRepositoryIsFound() {
    var renamed = new ModelSpec(ModelSource.parse("hf://org/renamed"), "main", List.of(), Set.of());

    Snapshot resolved = house.registry().resolve(renamed, folder, Optional.empty());
    Snapshot fetched = house.registry().fetch(resolved, TransferProgress.SILENT);

    assertThat(fetched.path("model.safetensors").orElseThrow()).hasBinaryContent(WEIGHTS);
  }

  @Test
  void namesThatLeaveTheFolderAreNeverWritten() {
    hub.file(HubHouse.COMMIT, "../escape.json", new byte[] {1}, false);
    var all = new ModelSpec(HubHouse.model().source(), "main", List.of("**.json"), Set.of());

    Snapshot resolved = house.registry().resolve(all, folder, Optional.empty());

    assertThat(resolved.files()).extracting(ModelFile::path).containsExactly("config.json");
  }

  @Test
  void theEnvironmentIsReadAsTheHubsToolsDo() {
    HubSettings settings =
        HubSettings.of(
            Map.of(
                "HOME", "/home/u",
                "HF_HOME", "~/hf",
                "HF_HUB_OFFLINE", "yes",
                "HF_ENDPOINT", "https://hub.example/"));

    assertThat(settings.cache()).isEqualTo(Path.of("/home/u/hf/hub"));
    assertThat(settings.offline()).isTrue();
    assertThat(settings.endpoint()).isEqualTo(URI.create("https://hub.example"));
    assertThatThrownBy(
            () -> HubSettings.of(Map.of("HOME", "/h", "HF_ENDPOINT", "https://u:secret@h")))
        .hasMessageNotContaining("secret");
  }

  private void publish(String commit, String config) {
    hub.file(commit, "config.json", config.getBytes(StandardCharsets.UTF_8), false)
        .file(commit, "model.safetensors", WEIGHTS, true);
  }

  private Snapshot resolve(String revision) {
    return house.registry().resolve(HubHouse.model(revision), folder, Optional.empty());
  }

  private void assertFails(String code, String next, String revision) {
    assertThatThrownBy(() -> resolve(revision))
        .isInstanceOfSatisfying(
            OperationFailed.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.next()).contains(next);
              assertThat(e.what()).contains("hf://org/name");
              assertThat(e.sentences()).doesNotContain("hf_");
            });
  }
}
