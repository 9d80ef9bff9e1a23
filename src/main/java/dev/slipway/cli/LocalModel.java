package dev.slipway.cli;

import dev.slipway.failure.Refused;
import dev.slipway.local.ContainerSpec;
import dev.slipway.local.container.EmbeddedEngine;
import dev.slipway.manifest.ApiSpec;
import dev.slipway.manifest.Hosting;
import dev.slipway.manifest.Manifest;
import dev.slipway.model.ModelFile;
import dev.slipway.model.Snapshot;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Decides how a model is hosted on this machine.
 *
 * @param manifest says by what, and for how many at a time
 * @param snapshot the model
 */
record LocalModel(Manifest manifest, Snapshot snapshot) {

  /**
   * Returns what plays its container.
   *
   * @throws Refused if the embedded engine is to host a model that holds no GGUF file
   */
  ContainerSpec container() {
    Hosting hosting = manifest.endpoint().hosting();
    return switch (engine(manifest)) {
      case Hosting.Engine.Embedded _ ->
          new ContainerSpec.Embedded(gguf(), parallel(), window(), hosting.environment());
      case Hosting.Engine.Proxy(URI url) -> new ContainerSpec.Proxy(url);
    };
  }

  /** Returns the endpoint's engine; a model beside the service is hosted by the embedded one. */
  static Hosting.Engine engine(Manifest manifest) {
    return manifest.api().engine() == ApiSpec.Engine.EMBEDDED
        ? new Hosting.Engine.Embedded()
        : manifest.endpoint().hosting().engine();
  }

  /**
   * Returns the tokens of one request: the model's own window, at most the embedded engine's, which
   * is also what is assumed of a container that runs already, since it doesn't say.
   */
  int window() {
    return Math.min(
        snapshot.facts().contextLength().orElse(EmbeddedEngine.CONTEXT), EmbeddedEngine.CONTEXT);
  }

  private int parallel() {
    return Math.min(manifest.endpoint().scaling().concurrency(), EmbeddedEngine.PARALLEL);
  }

  private Path gguf() {
    return snapshot.gguf().orElseThrow(() -> noGguf(snapshot));
  }

  /**
   * Refuses a model that the embedded engine can't host, whether its files are here or not.
   *
   * @throws Refused if it holds no GGUF file
   */
  static void needGguf(Snapshot snapshot) {
    if (snapshot.files().stream().noneMatch(file -> file.path().endsWith(".gguf"))) {
      throw noGguf(snapshot);
    }
  }

  private static Refused noGguf(Snapshot snapshot) {
    return new Refused(
        "no_gguf",
        "Cannot host " + snapshot.source().uri() + " with the embedded engine",
        "it holds no GGUF file, and llama.cpp reads nothing else",
        "Convert it with llama.cpp's convert_hf_to_gguf.py, or serve it with vLLM on"
            + " this machine and set endpoint.engine to that server's"
            + " http://host:port.");
  }

  /** Says in a line what the model is. */
  String description() {
    var facts = snapshot.facts();
    long bytes = snapshot.files().stream().mapToLong(ModelFile::size).sum();
    return String.format(
        Locale.ROOT,
        "%s, %s parameters, %d files, %.1f MB, commit %.12s",
        facts.architecture().orElse("unknown architecture"),
        facts.parameters().isPresent()
            ? String.format(Locale.ROOT, "%,d", facts.parameters().getAsLong())
            : "unknown",
        snapshot.files().size(),
        bytes / 1e6,
        snapshot.commit());
  }
}
