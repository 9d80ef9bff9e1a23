package dev.slipway.image.jib;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.UsageFailure;
import dev.slipway.image.BaseImage;
import dev.slipway.image.BuiltImage;
import dev.slipway.image.ImageBuilder;
import dev.slipway.image.ImagePlan;
import dev.slipway.image.ImagePlan.Content;
import dev.slipway.image.ImageTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Builds images with Jib. Layers are kept below a cache folder, to be made and sent once. */
public final class JibBuilder implements ImageBuilder {
  /** What follows a question mark in an upload's address may be a signature. */
  private static final Pattern QUERY = Pattern.compile("\\?[^\\s]*");

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Path cache;

  /** Makes it; the cache folder need not exist. */
  public JibBuilder(Path cache) {
    this.cache = cache;
  }

  @Override
  public BuiltImage build(ImagePlan plan, ImageTarget target, Consumer<String> onlooker) {
    List<Path> written = new ArrayList<>();
    try {
      Files.createDirectories(cache);
      JibContainer made =
          container(plan, written)
              .containerize(
                  containerizer(target)
                      .setBaseImageLayersCache(cache.resolve("base"))
                      .setApplicationLayersCache(cache.resolve("layers"))
                      .setAllowInsecureRegistries(onlyLoopback(plan.base(), target))
                      .setToolName("slipway")
                      .addEventHandler(
                          LogEvent.class,
                          event -> {
                            if (event.getLevel() == LogEvent.Level.LIFECYCLE) {
                              onlooker.accept(told(event.getMessage()));
                            }
                          }));
      return new BuiltImage(made.getDigest().toString(), name(target));
    } catch (InvalidImageReferenceException e) {
      throw new UsageFailure(
          "Cannot build the image",
          told(String.valueOf(e.getMessage())),
          "Name images as [registry/]repository[:tag].");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted(
          "Stopped building the image",
          "this process was told to stop.",
          "Build it again: what is done is kept.");
    } catch (ExecutionException e) {
      throw failed(e.getCause() == null ? e : e.getCause());
    } catch (IOException | RegistryException | CacheDirectoryCreationException e) {
      throw failed(e);
    } finally {
      written.forEach(JibBuilder::delete);
    }
  }

  private JibContainerBuilder container(ImagePlan plan, List<Path> written)
      throws IOException, InvalidImageReferenceException {
    JibContainerBuilder builder =
        from(plan.base())
            .setPlatforms(Set.of(new Platform(plan.platform().architecture(), "linux")))
            .setCreationTime(Instant.EPOCH)
            .setWorkingDirectory(AbsoluteUnixPath.get(ImagePlan.FOLDER))
            .setEntrypoint(plan.entryPoint())
            .setProgramArguments(plan.arguments())
            .setUser(plan.user())
            .setExposedPorts(Port.tcp(plan.port()));
    plan.environment().forEach(builder::addEnvironmentVariable);
    for (ImagePlan.Layer layer : plan.layers()) {
      FileEntriesLayer.Builder files = FileEntriesLayer.builder().setName(layer.name());
      for (ImagePlan.Entry entry : layer.entries()) {
        files.addEntry(
            file(entry.content(), written),
            AbsoluteUnixPath.get(ImagePlan.FOLDER + "/" + entry.path()));
      }
      builder.addFileEntriesLayer(files.build());
    }
    return builder;
  }

  private static JibContainerBuilder from(BaseImage base) throws InvalidImageReferenceException {
    return switch (base) {
      case BaseImage.Tar(Path file) -> Jib.from(TarImage.at(file));
      case BaseImage.Registry(String reference) -> Jib.from(known(ImageReference.parse(reference)));
    };
  }

  private static Containerizer containerizer(ImageTarget target)
      throws InvalidImageReferenceException {
    return switch (target) {
      case ImageTarget.Tar(Path file, String name) ->
          Containerizer.to(TarImage.at(file).named(name));
      case ImageTarget.Registry(String reference, var login) -> {
        ImageReference parsed = ImageReference.parse(reference);
        yield Containerizer.to(
            login
                .map(who -> RegistryImage.named(parsed).addCredential(who.user(), who.password()))
                .orElseGet(() -> known(parsed)));
      }
    };
  }

  /** Names an image of a registry that is spoken to as Docker would on this machine. */
  private static RegistryImage known(ImageReference reference) {
    var credentials = CredentialRetrieverFactory.forImage(reference, event -> {});
    return RegistryImage.named(reference)
        .addCredentialRetriever(credentials.dockerConfig())
        .addCredentialRetriever(credentials.wellKnownCredentialHelpers());
  }

  /** Plain HTTP is for registries of this machine; where another takes part, it is for none. */
  private static boolean onlyLoopback(BaseImage base, ImageTarget target)
      throws InvalidImageReferenceException {
    boolean from =
        switch (base) {
          case BaseImage.Tar _ -> true;
          case BaseImage.Registry(String reference) -> loopback(reference);
        };
    return from
        && switch (target) {
          case ImageTarget.Tar _ -> true;
          case ImageTarget.Registry(String reference, _) -> loopback(reference);
        };
  }

  private static boolean loopback(String reference) throws InvalidImageReferenceException {
    return LOOPBACK.contains(
        ImageReference.parse(reference).getRegistry().replaceFirst(":[0-9]+$", ""));
  }

  private static String name(ImageTarget target) {
    return switch (target) {
      case ImageTarget.Tar(Path file, _) -> file.toString();
      case ImageTarget.Registry(String reference, _) -> reference;
    };
  }

  private Path file(Content content, List<Path> written) throws IOException {
    return switch (content) {
      case Content.OfFile(Path file) -> file;
      case Content.Locked locked -> locked.fetched().get();
      case Content.OfText(String text) -> {
        Path file = Files.createTempFile(cache, "entry", ".txt");
        written.add(file);
        yield Files.writeString(file, text);
      }
    };
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // A few hundred bytes in a cache.
      file.toFile().deleteOnExit();
    }
  }

  private static OperationFailed failed(Throwable cause) {
    return new OperationFailed(
        "image_not_built",
        "Cannot build the image",
        told(String.valueOf(cause.getMessage())),
        "Check the base (--base), the registry's name, and that you are signed in to it"
            + " (docker login).",
        cause instanceof IOException,
        null);
  }

  private static String told(String message) {
    return QUERY.matcher(message).replaceAll("").strip();
  }
}
