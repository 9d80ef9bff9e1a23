package dev.slipway.plan;

import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.model.Lock;
import dev.slipway.model.ModelFacts;
import dev.slipway.model.ModelFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Makes manifests and locks for tests. */
public final class Given {
  /** A region that the catalog has prices of. */
  public static final String REGION = "us-east-1";

  private Given() {}

  /** Reads a manifest of a model of the Hub, and these lines. */
  public static Manifest manifest(String lines) {
    return whole("name: chat\nmodel: {source: \"hf://org/name\"}\n" + lines);
  }

  /** Reads a manifest. */
  static Manifest whole(String text) {
    return new ManifestReader()
        .read(
            text,
            "slipway.yaml",
            Path.of("/home/me/chat"),
            Optional.empty(),
            name -> Optional.empty());
  }

  /** Makes the lock of a bfloat16 model with so many thousand million parameters. */
  public static Lock model(double billions) {
    return model(billions, "bfloat16", 131_072);
  }

  /** Makes the lock of a model in 16-bit files, whatever its configuration says. */
  public static Lock model(double billions, String dtype, int context) {
    long parameters = (long) (billions * 1e9);
    return lock(
        List.of(file("model.safetensors", 2 * parameters), file("config.json", 600)),
        new ModelFacts(
            Optional.of("LlamaForCausalLM"),
            OptionalLong.of(parameters),
            Optional.of(dtype),
            OptionalInt.of(context)));
  }

  /** Makes a lock of these files. */
  public static Lock lock(List<ModelFile> files, ModelFacts facts) {
    return new Lock(
        "hf://org/name",
        Optional.empty(),
        Optional.empty(),
        "0123456789abcdef0123456789abcdef01234567",
        files,
        facts);
  }

  /** Makes a file. */
  public static ModelFile file(String path, long size) {
    return new ModelFile(path, size, "ab".repeat(32));
  }

  /** Makes facts that say nothing. */
  public static ModelFacts noFacts() {
    return new ModelFacts(
        Optional.empty(), OptionalLong.empty(), Optional.empty(), OptionalInt.empty());
  }

  /** Designs in {@link #REGION}. */
  public static Blueprint blueprint(String lines, Lock lock) {
    return Design.of(manifest(lines), lock, REGION);
  }

  /** Returns the endpoint of a blueprint that has one. */
  public static Blueprint.Endpoint endpoint(Blueprint blueprint) {
    return blueprint.endpoint().orElseThrow(AssertionError::new);
  }

  /** Designs an endpoint in {@link #REGION}. */
  public static Blueprint.Endpoint endpoint(String lines, Lock lock) {
    return endpoint(blueprint(lines, lock));
  }

  /** Returns the container's variables. */
  static Map<String, String> variables(String lines, Lock lock) {
    return endpoint(lines, lock).container().environment();
  }
}
