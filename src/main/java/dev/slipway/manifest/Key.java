package dev.slipway.manifest;

import java.util.Optional;

/**
 * Describes one key of the manifest: the only place that says what it is called, what it may hold,
 * what it is when it is left out and what it means.
 *
 * @param path dotted, from the top of the shape that it belongs to
 * @param type what it may hold
 * @param written the default as YAML; empty if there is none
 * @param byDefault the default; empty if the key must be given
 * @param example a value as YAML
 * @param meaning one line for the reference and for editors
 */
record Key<T>(
    String path,
    Type<T> type,
    String written,
    Optional<T> byDefault,
    String example,
    String meaning) {

  /** Describes a key that may be left out. */
  static <T> Key<T> of(String path, Type<T> type, String written, String example, String meaning) {
    return new Key<>(
        path, type, written, Optional.of(value(path, type, written)), example, meaning);
  }

  /** Describes a key that must be given. */
  static <T> Key<T> required(String path, Type<T> type, String example, String meaning) {
    return new Key<>(path, type, "", Optional.empty(), example, meaning);
  }

  private static <T> T value(String path, Type<T> type, String written) {
    Findings findings = new Findings();
    return type.read(Document.constant(path, written), findings)
        .orElseThrow(() -> new IllegalArgumentException(findings.byLine() + " by default"));
  }

  /** Returns whether the key must be given. */
  boolean isRequired() {
    return byDefault.isEmpty();
  }

  /** Returns the last part of the path. */
  String name() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** Returns the path of the section that it is in; empty at the top. */
  String section() {
    return path.contains(".") ? path.substring(0, path.lastIndexOf('.')) : "";
  }
}
