package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before anything is built; .ci/outside/image.sh builds, pushes and serves. */
final class ImageCommandTest {
  private static final Path DEMO = Path.of("..", "demo-model").toAbsolutePath().normalize();

  private final Path folder;
  private final CommandLineFixture slipway;

  ImageCommandTest(@TempDir Path folder) {
    this.folder = folder;
    this.slipway =
        new CommandLineFixture(folder.resolve("home"), new dev.slipway.hub.FileRegistry());
  }

  @Test
  void anImageGoesToOnePlace() throws IOException {
    String file = manifest("");

    assertThat(slipway.run("image", "-f", file).err()).contains("Give --tar FILE or --push REF.");
    var both = slipway.run("image", "-f", file, "--tar", "a.tar", "--push", "a/b");
    assertThat(both.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(both.err()).contains("one place at a time");
  }

  @Test
  void platformsWithoutNativeLibrariesAreRefused() throws IOException {
    var result =
        slipway.run("image", "-f", manifest(""), "--tar", "a.tar", "--platform", "windows/amd64");

    assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("linux/arm64");
  }

  @Test
  void anEngineNeedsAGgufAndItsOwnModelHasItsOwnLock() throws IOException {
    Files.createDirectories(folder.resolve("small"));
    for (String name : List.of("config.json", "model.safetensors", "tokenizer.model")) {
      Files.copy(DEMO.resolve(name), folder.resolve("small").resolve(name));
    }
    String file = manifest("api: {engine: embedded, model: \"file:small\"}\n");

    var result = slipway.run("image", "-f", file, "--tar", folder.resolve("a.tar").toString());

    assertThat(result.err()).contains("it holds no GGUF file");
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(folder.resolve("slipway.api.lock")).exists();
    assertThat(folder.resolve("slipway.lock")).doesNotExist();
  }

  @Test
  void aTemplateOutsideOfTheManifestsFolderIsRefused() throws IOException {
    Path elsewhere = Files.createTempFile(folder.toAbsolutePath(), "prompt", ".mustache");
    Path inner = Files.createDirectories(folder.resolve("inner"));
    Files.writeString(
        inner.resolve("slipway.yaml"),
        "name: chat\nmodel: {source: \"file:"
            + DEMO
            + "\"}\nrag: {prompt: \"../"
            + elsewhere.getFileName()
            + "\"}\n");

    var result =
        slipway.run("image", "-f", inner.resolve("slipway.yaml").toString(), "--tar", "a.tar");

    assertThat(result.err()).contains("rag.prompt names a file outside");
    assertThat(result.exitCode()).isEqualTo(4);
  }

  private String manifest(String more) throws IOException {
    Path file = folder.resolve("slipway.yaml");
    Files.writeString(file, "name: chat\nmodel: {source: \"file:model\"}\n" + more);
    return file.toString();
  }
}
