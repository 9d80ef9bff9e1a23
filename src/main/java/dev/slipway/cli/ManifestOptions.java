package dev.slipway.cli;

import dev.slipway.failure.OperationFailed;
import dev.slipway.local.StateFolder;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.model.Lock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Says which deployment a command is about: a manifest and an environment of it. */
final class ManifestOptions {
  private static final String DEFAULT_FILE = "slipway.yaml";

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description =
          "the manifest; without it ./slipway.yaml, and where there is none the bundled sample")
  private @Nullable Path file;

  @Option(
      names = {"-e", "--environment"},
      paramLabel = "ENV",
      description = "which of the manifest's environments to lay over it")
  private @Nullable String environment;

  ManifestOptions() {}

  /**
   * A manifest that was chosen and read.
   *
   * @param file where it lies
   * @param sample whether it is the bundled sample
   * @param fingerprint changes whenever the file, the environment or a variable in it does
   * @param variables that it uses and that are set, with their values
   */
  record Selection(
      Manifest manifest,
      Path file,
      boolean sample,
      String fingerprint,
      SortedMap<String, String> variables) {
    /** Copies the variables. */
    Selection {
      variables = new TreeMap<>(variables);
    }

    /** Returns the lock's place: beside the manifest, the sample's with the state. */
    Path lock(StateFolder state) {
      // The program's own folder, where the sample lies, may be read-only.
      return (sample ? state.path() : manifest.folder()).resolve(Lock.FILE_NAME);
    }

    /** Returns the folder that the names of indexed documents start from. */
    Path base(Surroundings surroundings) {
      return sample ? surroundings.distribution().folder() : manifest.folder();
    }

    /** Returns the arguments that choose the same manifest from any folder. */
    java.util.List<String> arguments() {
      var arguments = new java.util.ArrayList<String>();
      if (!sample) {
        arguments.addAll(java.util.List.of("-f", file.toString()));
      }
      if (!manifest.environment().equals("default")) {
        arguments.addAll(java.util.List.of("-e", manifest.environment()));
      }
      return arguments;
    }
  }

  /** Returns the options as they were given, for commands to suggest; empty if none were. */
  String repeated() {
    String path = file == null ? "" : file.toString();
    String chosen = path.isEmpty() ? "" : " -f " + (path.contains(" ") ? "'" + path + "'" : path);
    return chosen + (environment == null ? "" : " -e " + environment);
  }

  /** Returns the file that is meant, absent for the bundled sample. */
  Optional<Path> chosenFile() {
    if (file != null) {
      return Optional.of(file.toAbsolutePath().normalize());
    }
    Path here = Path.of(DEFAULT_FILE).toAbsolutePath().normalize();
    return Files.exists(here) ? Optional.of(here) : Optional.empty();
  }

  /**
   * Reads the manifest that is meant.
   *
   * @throws dev.slipway.failure.ManifestInvalid with every problem of it
   */
  Selection select(Surroundings surroundings) {
    Optional<Path> chosen = chosenFile();
    Path path = chosen.orElseGet(() -> surroundings.distribution().sampleManifest());
    SortedMap<String, String> used = new TreeMap<>();
    Manifest manifest =
        new ManifestReader()
            .read(
                path,
                Optional.ofNullable(environment),
                name -> {
                  String value = surroundings.environment().get(name);
                  used.put(name, String.valueOf(value));
                  return Optional.ofNullable(value);
                });
    SortedMap<String, String> set = new TreeMap<>(used);
    set.keySet().retainAll(surroundings.environment().keySet());
    return new Selection(manifest, path, chosen.isEmpty(), fingerprint(path, manifest, used), set);
  }

  private static String fingerprint(
      Path path, Manifest manifest, SortedMap<String, String> variables) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(Files.readAllBytes(path));
      digest.update(manifest.environment().getBytes(StandardCharsets.UTF_8));
      digest.update(variables.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (IOException e) {
      throw new OperationFailed(
          "manifest_unreadable",
          "Cannot read " + path,
          String.valueOf(e.getMessage()),
          "Check the path and its permissions.",
          false,
          e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
