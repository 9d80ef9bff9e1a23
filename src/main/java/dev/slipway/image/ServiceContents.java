package dev.slipway.image;

import dev.slipway.image.ImagePlan.Content;
import dev.slipway.image.ImagePlan.Entry;
import dev.slipway.image.ImagePlan.Layer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the image of one deployment's service is made of.
 *
 * @param program Slipway itself
 * @param engine whether a model answers in the container, so that llama.cpp has to be there
 * @param serve what follows {@code slipway serve}, with paths below the image's folder
 * @param deployment the manifest and what lies beside it, by path below the image's folder
 * @param model the model's files, by path below the image's folder; its weights with an engine only
 * @param variables that the manifest uses, with their values; no secrets
 * @param port that the service listens on
 */
public record ServiceContents(
    Program program,
    boolean engine,
    List<String> serve,
    SortedMap<String, Path> deployment,
    SortedMap<String, Content> model,
    SortedMap<String, String> variables,
    int port) {
  /** A user that no base image has: it owns nothing, and can do what all may. */
  private static final String NOBODY = "10001:10001";

  private static final String MAIN = "dev.slipway.cli.Main";
  private static final String ARGUMENTS = "java.args";

  /**
   * What only commands use that never run in a container: deploys, and the builder of images. What
   * {@code serve} needs of the AWS SDK stays.
   */
  private static final Pattern COMMANDS_ONLY =
      Pattern.compile(
          "(jib-core|jib-build-plan|google-http-client.*|google-auth-library-.*|guava"
              + "|failureaccess|listenablefuture|opencensus-.*|grpc-context|asm"
              + "|sagemaker|cloudformation|cloudwatch|cloudwatchlogs|applicationautoscaling"
              + "|servicequotas|pricing|ecr|iam|progressbar|pdfbox|pdfbox-io|fontbox)-[0-9].*");

  private static final Pattern ENGINE_ONLY = Pattern.compile("llama-[0-9].*");

  /** Copies the collections. */
  public ServiceContents {
    serve = List.copyOf(serve);
    deployment = new TreeMap<>(deployment);
    model = new TreeMap<>(model);
    variables = new TreeMap<>(variables);
  }

  /**
   * Decides the image.
   *
   * @param slim makes the jars smaller
   */
  public ImagePlan plan(BaseImage base, Platform platform, SlimJars slim) {
    List<Path> jars = program.libraries().stream().filter(this::served).toList();
    List<Entry> libraries = new ArrayList<>();
    for (Path jar : jars) {
      libraries.add(file("lib/" + jar.getFileName(), slim.of(jar, platform)));
    }
    List<Layer> layers = new ArrayList<>();
    layers.add(new Layer("libraries", libraries));
    if (!model.isEmpty()) {
      layers.add(
          new Layer(
              "model",
              model.entrySet().stream()
                  .map(each -> new Entry(each.getKey(), each.getValue()))
                  .toList()));
    }
    layers.add(new Layer("program", program(jars)));
    layers.add(new Layer("deployment", files(deployment)));
    List<String> entryPoint = new ArrayList<>(List.of("java", "@" + ARGUMENTS, MAIN, "serve"));
    entryPoint.addAll(serve);
    SortedMap<String, String> environment = new TreeMap<>(variables);
    environment.put("SLIPWAY_HOME", "/tmp/slipway");
    return new ImagePlan(
        base,
        platform,
        layers,
        entryPoint,
        List.of("--listen", "0.0.0.0"),
        environment,
        NOBODY,
        port);
  }

  private boolean served(Path jar) {
    String name = String.valueOf(jar.getFileName());
    return !COMMANDS_ONLY.matcher(name).matches()
        && (engine || !ENGINE_ONLY.matcher(name).matches());
  }

  private List<Entry> program(List<Path> jars) {
    List<Entry> entries = new ArrayList<>();
    List<String> classPath = new ArrayList<>();
    if (Program.isJar(program.code())) {
      entries.add(file("slipway.jar", program.code()));
      classPath.add("slipway.jar");
    } else {
      classes(program.code()).forEach((path, file) -> entries.add(file("classes/" + path, file)));
      classPath.add("classes");
    }
    jars.forEach(jar -> classPath.add("lib/" + jar.getFileName()));
    entries.add(
        new Entry(ARGUMENTS, new Content.OfText(String.join("\n", arguments(classPath)) + "\n")));
    return entries;
  }

  /** The JVM's own arguments, for a container with a limit on memory and nothing but /tmp. */
  private List<String> arguments(List<String> classPath) {
    return List.of(
        // Beside the heap: weights of the embedder, buffers, threads; with an engine a whole model.
        "-XX:MaxRAMPercentage=" + (engine ? 30 : 60),
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:-UsePerfData",
        "-XX:-CreateCoredumpOnCrash",
        "-XX:+ErrorFileToStderr",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Djava.io.tmpdir=/tmp",
        "-Dslipway.log=console",
        "-cp",
        String.join(":", classPath));
  }

  private static SortedMap<String, Path> classes(Path folder) {
    SortedMap<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      all.filter(Files::isRegularFile)
          .forEach(file -> files.put(folder.relativize(file).toString().replace('\\', '/'), file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  private static List<Entry> files(Map<String, Path> files) {
    return files.entrySet().stream().map(each -> file(each.getKey(), each.getValue())).toList();
  }

  private static Entry file(String path, Path file) {
    return new Entry(path, new Content.OfFile(file));
  }
}
