package dev.slipway.manifest;

import static dev.slipway.manifest.ManifestKeys.MOST_ENVIRONMENTS;

import dev.slipway.failure.ManifestInvalid;
import dev.slipway.manifest.Element.Mapping;
import dev.slipway.manifest.Element.Scalar;
import dev.slipway.manifest.ManifestRules.Violation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads {@code slipway.yaml}: lays the chosen environment over the base, puts variables in, checks
 * all of it, environments that were not chosen included, and makes the records. Safe for use by
 * several threads.
 */
public final class ManifestReader {
  /** The name under which the base alone is known. */
  public static final String DEFAULT_ENVIRONMENT = "default";

  /** The largest file that is read; the longest template has under 10 KiB. */
  static final int MOST_BYTES = 1 << 20;

  private final Shape shape = ManifestKeys.shape();

  /** Makes a reader. */
  public ManifestReader() {}

  /**
   * Reads a manifest file.
   *
   * @param file the manifest; its folder becomes {@link Manifest#folder()}, absolute
   * @param environment which overlay to apply; empty, or {@code default}, for none
   * @param variables looks up what {@code ${env:NAME}} names
   * @throws ManifestInvalid with every problem of the file, or because it cannot be read
   */
  public Manifest read(
      Path file, Optional<String> environment, Function<String, Optional<String>> variables) {
    Path whole = file.toAbsolutePath().normalize();
    Path folder = Optional.ofNullable(whole.getParent()).orElse(whole);
    Findings findings = new Findings();
    Optional<String> text = text(file, findings);
    return read(text, file.toString(), folder, environment, variables, findings);
  }

  /**
   * Reads a manifest that is no file, such as a bundled one.
   *
   * @param text the whole manifest
   * @param name what messages call it
   * @param folder where its relative paths start
   * @param environment which overlay to apply; empty, or {@code default}, for none
   * @param variables looks up what {@code ${env:NAME}} names
   * @throws ManifestInvalid with every problem of the text
   */
  public Manifest read(
      String text,
      String name,
      Path folder,
      Optional<String> environment,
      Function<String, Optional<String>> variables) {
    return read(Optional.of(text), name, folder, environment, variables, new Findings());
  }

  private Manifest read(
      Optional<String> text,
      String name,
      Path folder,
      Optional<String> environment,
      Function<String, Optional<String>> variables,
      Findings findings) {
    Optional<String> chosen = environment.filter(each -> !each.equals(DEFAULT_ENVIRONMENT));
    Optional<Values> values =
        text.flatMap(yaml -> Document.parse(yaml, findings))
            .flatMap(root -> mapping(root, findings))
            .flatMap(root -> values(root, chosen, variables, findings));
    if (values.isEmpty() || !findings.isEmpty()) {
      throw new ManifestInvalid(name, findings.byLine());
    }
    return ManifestRecords.of(values.get(), folder, chosen.orElse(DEFAULT_ENVIRONMENT));
  }

  private static Optional<Mapping> mapping(Element root, Findings findings) {
    if (root instanceof Mapping mapping) {
      return Optional.of(mapping);
    }
    findings.add(
        root,
        root instanceof Scalar scalar && scalar.kind() == Element.Kind.NULL
            ? "is empty; `slipway init` writes a manifest to start from"
            : "must be a map of keys, is " + root.found());
    return Optional.empty();
  }

  /** Reads the base and every environment; returns the values of the chosen one. */
  private Optional<Values> values(
      Mapping root,
      Optional<String> chosen,
      Function<String, Optional<String>> variables,
      Findings findings) {
    Mapping base = root.without(ManifestKeys.ENVIRONMENTS);
    Map<String, Mapping> overlays = overlays(root, findings);
    Values read = view(base, chosen.isEmpty(), variables, findings);
    read.missing().forEach(key -> missing(key, read, findings));
    Optional<Values> result = Optional.of(read);
    if (chosen.isEmpty()) {
      check(read, "", findings);
    } else if (!overlays.containsKey(chosen.get())) {
      unknown(chosen.get(), root, overlays, findings);
      result = Optional.empty();
    }
    for (Map.Entry<String, Mapping> overlay : overlays.entrySet()) {
      boolean wanted = chosen.filter(overlay.getKey()::equals).isPresent();
      Values seen = view(base.overlaidBy(overlay.getValue()), wanted, variables, findings);
      check(seen, overlay.getValue().path() + ".", findings);
      result = wanted ? Optional.of(seen) : result;
    }
    return result;
  }

  private Values view(
      Mapping mapping,
      boolean wanted,
      Function<String, Optional<String>> variables,
      Findings findings) {
    return shape.read(new Variables(variables, wanted, findings).in(mapping), findings);
  }

  private static Map<String, Mapping> overlays(Mapping root, Findings findings) {
    Map<String, Mapping> overlays = new LinkedHashMap<>();
    switch (root.entries().get(ManifestKeys.ENVIRONMENTS)) {
      case null -> {}
      case Scalar scalar when scalar.kind() == Element.Kind.NULL -> {}
      case Mapping environments when environments.entries().size() > MOST_ENVIRONMENTS ->
          findings.add(environments, "must be at most " + MOST_ENVIRONMENTS + " environments");
      case Mapping environments ->
          environments
              .entries()
              .forEach((name, overlay) -> overlay(name, overlay, overlays, findings));
      case Element other ->
          findings.add(other, "must be a map of environments, is " + other.found());
    }
    return overlays;
  }

  private static void overlay(
      String name, Element overlay, Map<String, Mapping> overlays, Findings findings) {
    if (!ManifestKeys.ENVIRONMENT.matcher(name).matches() || name.equals(DEFAULT_ENVIRONMENT)) {
      findings.add(
          overlay,
          "is no name for an environment: at most 16 of a-z, 0-9 and -, the first a letter, and"
              + " not default");
      return;
    }
    switch (overlay) {
      case Mapping mapping -> {
        Element nested = mapping.entries().get(ManifestKeys.ENVIRONMENTS);
        if (nested != null) {
          findings.add(nested, "environments do not nest");
        }
        overlays.put(name, mapping.without(ManifestKeys.ENVIRONMENTS));
      }
      case Scalar scalar when scalar.kind() == Element.Kind.NULL ->
          overlays.put(name, new Mapping(scalar.path(), scalar.line(), Map.of()));
      case Element.Unknown _ -> {}
      case Scalar scalar -> findings.add(scalar, "must be a map of keys, is " + scalar.found());
      case Element.Sequence list -> findings.add(list, "must be a map of keys, is " + list.found());
    }
  }

  private static void unknown(
      String chosen, Mapping root, Map<String, Mapping> overlays, Findings findings) {
    int line =
        Optional.ofNullable(root.entries().get(ManifestKeys.ENVIRONMENTS))
            .map(Element::line)
            .orElse(0);
    String advice = Nearest.advice(chosen, overlays.keySet());
    findings.add(
        ManifestKeys.ENVIRONMENTS,
        line,
        "has no "
            + Shown.quoted(chosen)
            + (overlays.isEmpty()
                ? "; there are none"
                : "; known: " + String.join(", ", overlays.keySet()))
            + (advice.isEmpty() ? "" : "; " + advice));
  }

  private static void missing(Key<?> key, Values values, Findings findings) {
    findings.add(
        key.path(),
        values.lineOfSection(key),
        "is missing: must be " + key.type().words() + "; for example " + key.example());
  }

  /**
   * Reports broken rules where they were broken: in the environment if any of the keys comes from
   * there, else in the base.
   */
  private static void check(Values values, String prefix, Findings findings) {
    for (Violation violation : ManifestRules.check(values)) {
      List<Element> places =
          Stream.concat(Stream.of(violation.key()), violation.involved().stream())
              .flatMap(key -> values.at(key).stream())
              .toList();
      Optional<Element> own =
          places.stream()
              .filter(place -> !prefix.isEmpty() && place.path().startsWith(prefix))
              .findFirst();
      int line =
          own.or(() -> places.stream().findFirst())
              .map(Element::line)
              .orElse(values.lineOfSection(violation.key()));
      findings.add(
          (own.isPresent() ? prefix : "") + violation.key().path(), line, violation.message());
    }
  }

  private static Optional<String> text(Path file, Findings findings) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (NoSuchFileException absent) {
      findings.add("", 0, "there is no such file");
      return Optional.empty();
    } catch (IOException unreadable) {
      findings.add(
          "", 0, Files.isDirectory(file) ? "is a folder" : "cannot be read: " + reason(unreadable));
      return Optional.empty();
    }
    if (bytes.length > MOST_BYTES) {
      findings.add("", 0, "is larger than 1 MiB, which no manifest needs");
      return Optional.empty();
    }
    return decoded(ByteBuffer.wrap(bytes), findings);
  }

  private static String reason(IOException unreadable) {
    return unreadable instanceof AccessDeniedException
        ? "permission denied"
        : String.valueOf(unreadable.getMessage());
  }

  private static Optional<String> decoded(ByteBuffer bytes, Findings findings) {
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    try {
      var decoder =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT);
      var result = decoder.decode(bytes, text, true);
      if (result.isError()) {
        result.throwException();
      }
      return Optional.of(text.flip().toString());
    } catch (CharacterCodingException notText) {
      int line = 1 + (int) text.flip().chars().filter(each -> each == '\n').count();
      findings.add("", line, "is not UTF-8 text");
      return Optional.empty();
    }
  }
}
