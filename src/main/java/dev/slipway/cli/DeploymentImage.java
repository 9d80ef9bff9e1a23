package dev.slipway.cli;

import dev.slipway.deploy.cloud.Images;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.image.BaseImage;
import dev.slipway.image.ImagePlan;
import dev.slipway.image.ImagePlan.Content;
import dev.slipway.image.ImageTarget;
import dev.slipway.image.Platform;
import dev.slipway.image.Program;
import dev.slipway.image.ServiceContents;
import dev.slipway.image.SlimJars;
import dev.slipway.local.StateFolder;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.RagSpec;
import dev.slipway.model.ModelFile;
import dev.slipway.model.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Puts together the image of a deployment's service: the program, the manifest with its lock and
 * templates, and the model's tokenizer; with {@code api.engine: embedded} the model too.
 */
record DeploymentImage(Surroundings surroundings, ManifestOptions.Selection selection) {
  /** What names another base for every image that is built here. */
  static final String BASE_VARIABLE = "SLIPWAY_IMAGE_BASE";

  private static final String DEPLOYMENT = "deployment";
  private static final String MODEL = "model";
  private static final String CROSS_ENCODER = "cross-encoder";

  /** A manifest may leave the port to the machine; who runs an image has to know it. */
  private static final int PORT = 8000;

  /** Returns the base that the environment names, or the standard one. */
  static BaseImage base(Surroundings surroundings) {
    String named = surroundings.environment().getOrDefault(BASE_VARIABLE, "");
    return named.isEmpty() ? BaseImage.STANDARD : BaseImage.parse(named);
  }

  /**
   * Decides the image; the model is pinned, and what of it goes into the image is fetched, but for
   * its weights, which are when the image is built.
   *
   * @throws Refused if a file that the service needs lies outside of the manifest's folder
   */
  ImagePlan plan(BaseImage base, Platform platform) {
    Manifest manifest = selection.manifest();
    StateFolder state =
        new StateFolder(surroundings.home().deployment(manifest.name(), manifest.environment()));
    if (selection.sample()) {
      state.create(); // its lock lies there
    }
    ServedModel served = ServedModel.of(selection, state);
    SortedMap<String, Content> model = model(served);
    List<String> serve = new ArrayList<>(List.of("-f", DEPLOYMENT + "/slipway.yaml"));
    if (!manifest.environment().equals("default")) {
      serve.addAll(List.of("-e", manifest.environment()));
    }
    serve.addAll(List.of("--model", MODEL));
    SortedMap<String, Content> crossEncoder = crossEncoder(state);
    if (!crossEncoder.isEmpty()) {
      model.putAll(crossEncoder);
      serve.addAll(List.of("--cross-encoder", CROSS_ENCODER));
    }
    var contents =
        new ServiceContents(
            program(),
            served.beside(),
            serve,
            deployment(served, state),
            model,
            selection.variables(),
            manifest.api().port() == 0 ? PORT : manifest.api().port());
    return contents.plan(
        base, platform, new SlimJars(surroundings.home().cache().resolve("images/jars")));
  }

  /**
   * Pushes the image that runs on Fargate, which is x86-64, under the tag of its content; layers
   * that are there already aren't sent again.
   *
   * @param repository of Amazon ECR, {@code HOST/NAME}
   * @return the image's digest
   */
  String push(String repository, Images images, Consumer<String> onlooker) {
    ImagePlan plan = plan(base(surroundings), Platform.AMD64);
    Images.Login login = images.login();
    return surroundings
        .adapters()
        .images(surroundings.home().cache())
        .build(
            plan,
            new ImageTarget.Registry(
                repository + ":" + plan.tag(),
                Optional.of(new ImageTarget.Login(login.user(), login.password()))),
            onlooker)
        .digest();
  }

  private static Program program() {
    try {
      return Program.of(
          System.getProperty("java.class.path"),
          Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Pins the model, and returns those of its files that the image has. */
  private SortedMap<String, Content> model(ServedModel served) {
    PinnedModel pinned = served.pinned(surroundings, selection.manifest());
    Snapshot snapshot = pinned.pin();
    if (served.beside()) {
      LocalModel.needGguf(snapshot); // before gigabytes are fetched in vain
    }
    SortedMap<String, Content> files = new TreeMap<>();
    try (var line = new TransferLine(surroundings.console())) {
      Snapshot here = pinned.fetchSmall(snapshot, line);
      for (ModelFile file : here.files()) {
        here.path(file.path())
            .ifPresent(path -> files.put(MODEL + "/" + file.path(), new Content.OfFile(path)));
      }
    }
    if (served.beside()) {
      for (ModelFile file : snapshot.files()) {
        if (file.path().endsWith(".gguf")) {
          files.put(
              MODEL + "/" + file.path(),
              new Content.Locked(
                  file.size(), file.sha256(), () -> weights(pinned, snapshot, file)));
        }
      }
    }
    return files;
  }

  /**
   * Fetches a cross-encoder of a registry, as its lock pins it: a task may reach no registry, and
   * keeps nothing on its disk.
   */
  private SortedMap<String, Content> crossEncoder(StateFolder state) {
    SortedMap<String, Content> files = new TreeMap<>();
    CrossEncoderFolder.source(selection.manifest())
        .filter(source -> !source.startsWith("file:"))
        .map(
            source ->
                CrossEncoderFolder.fetch(
                    surroundings
                        .adapters()
                        .models(surroundings.home().cache(), selection.manifest().region()),
                    surroundings.console(),
                    selection.manifest(),
                    source,
                    selection.lock(state)))
        .ifPresent(
            snapshot ->
                snapshot
                    .files()
                    .forEach(
                        file ->
                            snapshot
                                .path(file.path())
                                .ifPresent(
                                    path ->
                                        files.put(
                                            CROSS_ENCODER + "/" + file.path(),
                                            new Content.OfFile(path)))));
    return files;
  }

  private Path weights(PinnedModel pinned, Snapshot snapshot, ModelFile file) {
    List<ModelFile> only = List.of(file);
    try (var line = new TransferLine(surroundings.console())) {
      return pinned
          .fetch(
              new Snapshot(
                  snapshot.source(), snapshot.commit(), only, snapshot.facts(), snapshot.content()),
              line)
          .path(file.path())
          .orElseThrow(
              () ->
                  new OperationFailed(
                      "weights_missing",
                      "Cannot put " + file.path() + " into the image",
                      "it was fetched, and is not on this machine.",
                      "Build it again."));
    }
  }

  /** Returns the manifest and what it names beside it, where the service looks for them. */
  private SortedMap<String, Path> deployment(ServedModel served, StateFolder state) {
    SortedMap<String, Path> files = new TreeMap<>();
    files.put(DEPLOYMENT + "/slipway.yaml", selection.file());
    Path own = selection.lock(state);
    for (Path lock : List.of(own, served.lock(), own.resolveSibling(CrossEncoderFolder.LOCK))) {
      if (Files.exists(lock)) {
        files.put(DEPLOYMENT + "/" + lock.getFileName(), lock);
      }
    }
    add(files, "rag.prompt", selection.manifest().rag().prompt());
    switch (selection.manifest().rag().rerank()) {
      case RagSpec.Rerank.CrossEncoder(String source) when source.startsWith("file:") ->
          add(files, "rag.rerank", source.substring("file:".length()));
      // In the model's layer: it isn't beside the manifest.
      case RagSpec.Rerank.CrossEncoder _ -> {}
      case RagSpec.Rerank.None _, RagSpec.Rerank.Mmr _ -> {}
    }
    return files;
  }

  /** Adds a file or a folder of the manifest's; a bundled template is in the program. */
  private void add(SortedMap<String, Path> files, String key, String name) {
    Path folder = selection.manifest().folder().toAbsolutePath().normalize();
    Path named = folder.resolve(name).normalize();
    if (!Files.exists(named)) {
      return;
    }
    if (!named.startsWith(folder)) {
      throw new Refused(
          "image_file_outside",
          "Cannot put " + name + " into an image",
          key + " names a file outside of the manifest's folder.",
          "Move it beside the manifest, and name it by its path from there.");
    }
    try (Stream<Path> all = Files.walk(named)) {
      all.filter(Files::isRegularFile)
          .forEach(
              file ->
                  files.put(
                      DEPLOYMENT + "/" + folder.relativize(file).toString().replace('\\', '/'),
                      file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
