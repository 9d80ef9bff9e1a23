package dev.slipway.deploy.synthesis;

import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.Lock;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Design;
import dev.slipway.plan.Synthesizer;
import dev.slipway.plan.Templates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Makes templates by running the CDK app in a child JVM, which starts a Node. Both end with the
 * call. What was made once is kept by the hash of all that went into it: the same plan starts
 * neither. Safe for use by several threads and processes.
 */
public final class ChildSynthesizer implements Synthesizer {
  /** The context key that hands the app a {@link BlueprintDocument} instead of a manifest. */
  public static final String BLUEPRINT = "blueprint";

  /** What the CDK calls its context, and the folder that it writes to. */
  private static final String CONTEXT_VARIABLE = "CDK_CONTEXT_JSON";

  private static final String OUT_VARIABLE = "CDK_OUTDIR";

  /** Where the CDK's libraries are unpacked, some 190 MB; whoever uses the CDK may have them. */
  private static final String UNPACKED = "JSII_RUNTIME_PACKAGE_CACHE_ROOT";

  /** Seen: 4-6 s, 12 s where the libraries are unpacked first; slow disks are much slower. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** What the child needs of the environment. It asks no cloud: it gets no credentials. */
  private static final List<String> INHERITED =
      List.of("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "NODE_OPTIONS", "NODE_EXTRA_CA_CERTS");

  private static final int LINES_TOLD = 30;

  private final InfraApp app;
  private final Path cache;
  private final Map<String, String> environment;
  private final Duration limit;

  /**
   * Makes a synthesizer.
   *
   * @param app what the child runs
   * @param cache where templates and the CDK's unpacked libraries are kept
   * @param environment where {@code SLIPWAY_NODE} and {@code PATH} are looked up
   */
  public ChildSynthesizer(InfraApp app, Path cache, Map<String, String> environment) {
    this(app, cache, environment, LIMIT);
  }

  ChildSynthesizer(InfraApp app, Path cache, Map<String, String> environment, Duration limit) {
    this.app = app;
    this.cache = cache;
    this.environment = Map.copyOf(environment);
    this.limit = limit;
  }

  @Override
  public Templates synthesize(Manifest manifest, Lock lock, String region) {
    return synthesize(Design.of(manifest, lock, region));
  }

  /**
   * Makes the templates of a blueprint.
   *
   * @throws OperationFailed if there is no Node, or the child fails or takes too long
   */
  public Templates synthesize(Blueprint blueprint) {
    String document = BlueprintDocument.write(blueprint);
    try {
      var templates = new TemplateCache(cache.resolve("templates"));
      String key = key(document);
      Optional<Templates> known = templates.find(key);
      if (known.isPresent()) {
        return known.get();
      }
      Templates made = run(blueprint, document);
      templates.put(key, made);
      return made;
    } catch (IOException e) {
      throw failed("files could not be read or written: " + e, e);
    }
  }

  private String key(String document) throws IOException {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(document.getBytes(StandardCharsets.UTF_8));
      app.identify(digest);
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private Templates run(Blueprint blueprint, String document) throws IOException {
    Node node = Node.find(environment);
    Files.createDirectories(cache);
    Path scratch = Files.createTempDirectory(cache, ".synthesis-");
    try {
      Path input = Files.writeString(scratch.resolve("blueprint.json"), document);
      Path out = scratch.resolve("out");
      Path said = scratch.resolve("said");
      var process =
          new ProcessBuilder(command())
              .directory(scratch.toFile())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile());
      process.environment().clear();
      process.environment().putAll(variables(node, input, out));
      int code = end(process.start());
      if (code != 0) {
        throw failed("the CDK app ended with code " + code + told(said), null);
      }
      return new Templates(
          template(out, blueprint.names().storeStack()),
          blueprint.endpoint().isPresent()
              ? Optional.of(template(out, blueprint.names().endpointStack()))
              : Optional.empty(),
          blueprint.service().isPresent()
              ? Optional.of(template(out, blueprint.names().serviceStack()))
              : Optional.empty());
    } finally {
      TemplateCache.remove(scratch);
    }
  }

  private List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx512m",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        String.join(
            java.io.File.pathSeparator, app.classPath().stream().map(Path::toString).toList()),
        app.mainClass());
  }

  private Map<String, String> variables(Node node, Path input, Path out) {
    var variables = new java.util.HashMap<String, String>();
    for (String name : INHERITED) {
      Optional.ofNullable(environment.get(name)).ifPresent(value -> variables.put(name, value));
    }
    variables.put(CONTEXT_VARIABLE, context(input));
    variables.put(OUT_VARIABLE, out.toString());
    variables.put("JSII_NODE", node.program().toString());
    // The banners about a Node that is old, new or odd are for developers of CDK apps.
    for (String state : List.of("END_OF_LIFE", "DEPRECATED", "UNTESTED")) {
      variables.put(
          "JSII_SILENCE_WARNING_" + state + "_NODE_VERSION", String.valueOf(node.major()));
    }
    variables.put("JSII_RUNTIME_PACKAGE_CACHE", "enabled");
    variables.put(UNPACKED, environment.getOrDefault(UNPACKED, cache.resolve("jsii").toString()));
    return variables;
  }

  private static String context(Path input) {
    var json = com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode();
    return json.put(BLUEPRINT, input.toString()).toString();
  }

  private int end(Process child) throws IOException {
    child.getOutputStream().close();
    try {
      if (child.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return child.exitValue();
      }
      throw new OperationFailed(
          "synthesis_timeout",
          "Cannot write the templates",
          "the CDK app did not end within " + limit.toSeconds() + " s",
          "Look at the machine's load and disk, and run the command again.",
          true,
          null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted(
          "Nothing was changed",
          "this process was told to stop while the templates were written.",
          "Run the command again.");
    } finally {
      // Its Node is a child of its own, which would outlive it.
      child.descendants().forEach(ProcessHandle::destroyForcibly);
      child.destroyForcibly();
      // Whoever looks next sees none of it: a killed process stays for a moment.
      child.onExit().completeOnTimeout(child, 5, TimeUnit.SECONDS).join();
    }
  }

  private static String told(Path said) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line :
        new String(Files.readAllBytes(said), StandardCharsets.UTF_8).strip().split("\n", -1)) {
      if (!line.isBlank()) {
        lines.add(line.stripTrailing());
      }
    }
    int from = Math.max(0, lines.size() - LINES_TOLD);
    return lines.isEmpty()
        ? " and said nothing"
        : ":\n" + String.join("\n", lines.subList(from, lines.size()));
  }

  private static String template(Path out, String stack) throws IOException {
    try {
      return Files.readString(out.resolve(stack + ".template.json"));
    } catch (NoSuchFileException e) {
      throw failed("the CDK app wrote no template for the stack " + stack, e);
    }
  }

  private static OperationFailed failed(
      String why, @org.jspecify.annotations.Nullable Throwable cause) {
    return new OperationFailed(
        "synthesis_failed",
        "Cannot write the templates",
        why,
        "See docs/infrastructure.md; `npx cdk synth` in Slipway's folder shows the same at length.",
        false,
        cause);
  }
}
