package dev.slipway.image.jib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.image.BaseImage;
import dev.slipway.image.BuiltImage;
import dev.slipway.image.ImagePlan;
import dev.slipway.image.ImageTarget;
import dev.slipway.image.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JibBuilderTest {
  private final Path folder;

  JibBuilderTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void theSamePlanGivesTheSameDigestWithOtherTimesAndInAnotherHome() throws Exception {
    BaseImage base = base();
    Path file = Files.writeString(folder.resolve("a.jar"), "bytes");
    BuiltImage first = build("one", base, file);
    Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(1_000_000));

    assertThat(build("two", base, file).digest())
        .isEqualTo(first.digest())
        .matches("sha256:[0-9a-f]{64}");
  }

  @Test
  void theImageSaysHowItIsRunAndKeepsWhatItsBaseSays() throws Exception {
    build("one", base(), Files.writeString(folder.resolve("a.jar"), "bytes"));

    JsonNode config = config(folder.resolve("one.tar"));
    assertThat(config.at("/config/User").asText()).isEqualTo("10001:10001");
    assertThat(config.at("/config/WorkingDir").asText()).isEqualTo("/app");
    assertThat(config.at("/config/Entrypoint").toString()).isEqualTo("[\"java\",\"serve\"]");
    assertThat(config.at("/config/Env").toString())
        .contains("PATH=/opt/java/bin", "SLIPWAY_HOME=/tmp/slipway");
    assertThat(config.path("created").asText()).isEqualTo("1970-01-01T00:00:00Z");
  }

  @Test
  void aBaseThatIsMissingIsSaid() {
    assertThatExceptionOfType(OperationFailed.class)
        .isThrownBy(
            () -> build("one", new BaseImage.Tar(folder.resolve("gone.tar")), folder.resolve("a")))
        .matches(e -> e.next().contains("--base"));
    assertThat(folder.resolve("one.tar")).doesNotExist();
  }

  @Test
  void aNameThatIsNoneIsWrongUsage() throws Exception {
    Path file = Files.writeString(folder.resolve("a.jar"), "bytes");
    BaseImage base = base();

    assertThatExceptionOfType(UsageFailure.class)
        .isThrownBy(
            () ->
                new JibBuilder(folder.resolve("cache"))
                    .build(
                        plan(base, file),
                        new ImageTarget.Registry("Not A Name", Optional.empty()),
                        line -> {}));
  }

  @Test
  void aPasswordIsInNoText() {
    assertThat(new ImageTarget.Registry("a/b", Optional.of(new ImageTarget.Login("AWS", "pass"))))
        .asString()
        .doesNotContain("pass");
  }

  private BuiltImage build(String name, BaseImage base, Path file) {
    return new JibBuilder(folder.resolve("cache-" + name))
        .build(
            plan(base, file),
            new ImageTarget.Tar(folder.resolve(name + ".tar"), "chat:1"),
            line -> {});
  }

  private static ImagePlan plan(BaseImage base, Path file) {
    SortedMap<String, String> environment = new TreeMap<>();
    environment.put("SLIPWAY_HOME", "/tmp/slipway");
    return new ImagePlan(
        base,
        Platform.AMD64,
        List.of(
            new ImagePlan.Layer(
                "libraries",
                List.of(new ImagePlan.Entry("lib/a.jar", new ImagePlan.Content.OfFile(file)))),
            new ImagePlan.Layer(
                "program",
                List.of(new ImagePlan.Entry("java.args", new ImagePlan.Content.OfText("-cp"))))),
        List.of("java", "serve"),
        List.of(),
        environment,
        "10001:10001",
        8000);
  }

  /** Writes a base as {@code docker save} does. */
  private BaseImage base() throws Exception {
    byte[] layer = tar("etc/base", new byte[0]);
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(layer));
    String config =
        """
        {"architecture": "amd64", "os": "linux", "config": {"Env": ["PATH=/opt/java/bin"]},
         "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}
        """
            .formatted(hash);
    String manifest =
        """
        [{"Config": "config.json", "RepoTags": ["base:test"], "Layers": ["layer.tar"]}]
        """;
    Path file = folder.resolve("base.tar");
    Files.write(
        file,
        tar(
            "manifest.json", manifest.getBytes(StandardCharsets.UTF_8),
            "config.json", config.getBytes(StandardCharsets.UTF_8),
            "layer.tar", layer));
    return new BaseImage.Tar(file);
  }

  private static byte[] tar(Object... namesAndBytes) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes)) {
      for (int i = 0; i < namesAndBytes.length; i += 2) {
        byte[] content = (byte[]) namesAndBytes[i + 1];
        var entry = new TarArchiveEntry((String) namesAndBytes[i]);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static JsonNode config(Path image) throws IOException {
    try (InputStream in = Files.newInputStream(image);
        var tar = new TarArchiveInputStream(in)) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.getName().equals("config.json")) {
          return new ObjectMapper().readTree(tar.readAllBytes());
        }
      }
    }
    throw new AssertionError("no configuration in " + image);
  }
}
