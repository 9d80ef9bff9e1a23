package dev.slipway.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.image.ImagePlan.Content;
import dev.slipway.image.ImagePlan.Entry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServiceContentsTest {
  private final Path folder;

  ServiceContentsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void whatOnlyCommandsUseStaysOut() throws IOException {
    assertThat(paths(plan(false)))
        .contains("lib/helidon-http-4.5.0.jar", "lib/s3-2.40.2.jar", "lib/sts-2.40.2.jar")
        .doesNotContain("lib/jib-core-0.28.1.jar", "lib/cloudformation-2.40.2.jar")
        .doesNotContain("lib/sagemaker-2.40.2.jar", "lib/llama-4.2.0.jar")
        // Its name begins like one that stays out.
        .contains("lib/sagemakerruntime-2.40.2.jar");
  }

  @Test
  void llamaIsThereForTheEngineAlone() throws IOException {
    assertThat(paths(plan(true))).contains("lib/llama-4.2.0.jar", "model/model.gguf");
    assertThat(paths(plan(false))).doesNotContain("lib/llama-4.2.0.jar");
  }

  @Test
  void whatChangesLeastLiesBelow() throws IOException {
    assertThat(plan(true).layers())
        .extracting(ImagePlan.Layer::name)
        .containsExactly("libraries", "model", "program", "deployment");
  }

  @Test
  void theClassPathNamesEachJarInItsOrder() throws IOException {
    String arguments =
        plan(false).layers().stream()
            .flatMap(layer -> layer.entries().stream())
            .filter(entry -> entry.path().equals("java.args"))
            .map(entry -> ((Content.OfText) entry.content()).text())
            .findFirst()
            .orElseThrow();

    assertThat(arguments)
        .contains("-cp\nclasses:lib/onnxruntime-1.20.0.jar:lib/helidon-http-4.5.0.jar:")
        .contains("-XX:MaxRAMPercentage=60", "-Djava.io.tmpdir=/tmp");
  }

  @Test
  void jarsLoseTheLibrariesOfOtherPlatforms() throws IOException {
    assertThat(entries(plan(false), "lib/onnxruntime-1.20.0.jar"))
        .containsExactly(
            "ai/onnxruntime/OrtSession.class", "ai/onnxruntime/native/linux-x64/lib.so");
    assertThat(entries(plan(true), "lib/llama-4.2.0.jar"))
        .containsExactly(
            "de/kherud/llama/args/Pooling.class", "de/kherud/llama/Linux/x86_64/lib.so");
  }

  @Test
  void theTagFollowsTheContent() throws IOException {
    String before = plan(false).tag();
    assertThat(plan(false).tag()).isEqualTo(before).matches("[0-9a-f]{32}");

    Files.writeString(folder.resolve("slipway.yaml"), "name: other\n");
    assertThat(plan(false).tag()).isNotEqualTo(before);
  }

  @Test
  void aJarNamesItsLibrariesItself() throws IOException {
    Path library = jar("a-1.jar", "A.class");
    Path program = folder.resolve("slipway.jar");
    var manifest = new java.util.jar.Manifest();
    manifest.getMainAttributes().put(java.util.jar.Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(java.util.jar.Attributes.Name.CLASS_PATH, "a-1.jar gone.jar");
    try (OutputStream out = Files.newOutputStream(program);
        var jar = new java.util.jar.JarOutputStream(out, manifest)) {
      jar.finish();
    }

    assertThat(Program.of(program.toString(), program).libraries()).containsExactly(library);
  }

  private ImagePlan plan(boolean engine) throws IOException {
    List<Path> jars = new ArrayList<>();
    jars.add(
        jar(
            "onnxruntime-1.20.0.jar",
            "ai/onnxruntime/OrtSession.class",
            "ai/onnxruntime/native/linux-x64/lib.so",
            "ai/onnxruntime/native/win-x64/lib.pdb",
            "ai/onnxruntime/native/linux-aarch64/lib.so"));
    jars.add(
        jar(
            "llama-4.2.0.jar",
            "de/kherud/llama/args/Pooling.class",
            "de/kherud/llama/Linux/x86_64/lib.so",
            "de/kherud/llama/Mac/x86_64/lib.dylib"));
    for (String name :
        List.of(
            "helidon-http-4.5.0",
            "s3-2.40.2",
            "sts-2.40.2",
            "sagemakerruntime-2.40.2",
            "sagemaker-2.40.2",
            "cloudformation-2.40.2",
            "jib-core-0.28.1")) {
      jars.add(jar(name + ".jar", "A.class"));
    }
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Files.writeString(classes.resolve("Main.class"), "");
    Path manifest = folder.resolve("slipway.yaml");
    if (!Files.exists(manifest)) {
      Files.writeString(manifest, "name: chat\n");
    }
    var model = new TreeMap<String, ImagePlan.Content>();
    if (engine) {
      model.put(
          "model/model.gguf",
          new ImagePlan.Content.OfFile(Files.writeString(folder.resolve("model.gguf"), "GGUF")));
    } else {
      model.put(
          "model/config.json",
          new ImagePlan.Content.OfFile(Files.writeString(folder.resolve("config.json"), "{}")));
    }
    var deployment = new TreeMap<String, Path>();
    deployment.put("deployment/slipway.yaml", manifest);
    return new ServiceContents(
            new Program(classes, jars),
            engine,
            List.of("-f", "deployment/slipway.yaml"),
            deployment,
            model,
            new TreeMap<>(),
            8000)
        .plan(BaseImage.STANDARD, Platform.AMD64, new SlimJars(folder.resolve("slim")));
  }

  private Path jar(String name, String... entries) throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream jar = new ZipOutputStream(out)) {
      for (String entry : entries) {
        jar.putNextEntry(new ZipEntry(entry));
        jar.closeEntry();
      }
    }
    return file;
  }

  private static List<String> paths(ImagePlan plan) {
    return plan.layers().stream()
        .flatMap(layer -> layer.entries().stream())
        .map(Entry::path)
        .toList();
  }

  private static List<String> entries(ImagePlan plan, String jar) throws IOException {
    Path file =
        plan.layers().stream()
            .flatMap(layer -> layer.entries().stream())
            .filter(entry -> entry.path().equals(jar))
            .map(entry -> ((Content.OfFile) entry.content()).file())
            .findFirst()
            .orElseThrow();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      return zip.stream().map(ZipEntry::getName).toList();
    }
  }
}
