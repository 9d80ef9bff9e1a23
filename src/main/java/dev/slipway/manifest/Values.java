package dev.slipway.manifest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Holds what was read of a shape's keys. */
final class Values {

  /** A key as it was given; without a value where it is wrong or unknown. */
  private record Given(Element element, Optional<?> value) {}

  private final Shape shape;
  private final Map<Key<?>, Given> given;
  private final Map<String, Integer> lines;

  private Values(Shape shape, Builder builder) {
    this.shape = shape;
    this.given = Map.copyOf(builder.given);
    this.lines = Map.copyOf(builder.lines);
  }

  /** Collects values while a shape is read. */
  static final class Builder {
    private final Map<Key<?>, Given> given = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();

    void section(String path, int line) {
      lines.put(path, line);
    }

    <T> void read(Key<T> key, Element element, Findings findings) {
      given.put(key, new Given(element, key.type().read(element, findings)));
    }

    Values build(Shape shape) {
      return new Values(shape, this);
    }
  }

  /** Returns the value or its default; empty if it is wrong, unknown or missing. */
  <T> Optional<T> known(Key<T> key) {
    Given held = given.get(key);
    if (held == null) {
      return key.byDefault();
    }
    @SuppressWarnings("unchecked") // Builder.read puts each key with what its own type made
    Optional<T> value = (Optional<T>) held.value();
    return value;
  }

  /**
   * Returns the value or its default.
   *
   * @throws IllegalStateException if there is none, which {@link #isWhole} rules out
   */
  <T> T get(Key<T> key) {
    return known(key).orElseThrow(() -> new IllegalStateException("no value of " + key.path()));
  }

  /** Returns where a key was given. */
  Optional<Element> at(Key<?> key) {
    return Optional.ofNullable(given.get(key)).map(Given::element);
  }

  /** Returns whether a key was given and says something else than its default. */
  boolean differs(Key<?> key) {
    return given.containsKey(key) && known(key).isPresent() && !known(key).equals(key.byDefault());
  }

  /** Returns the paths of the keys that say something else than their defaults, in their order. */
  List<String> changed() {
    return shape.keys().stream().filter(this::differs).map(Key::path).toList();
  }

  /** Returns the line of the section that a key belongs in, or that of the nearest around it. */
  int lineOfSection(Key<?> key) {
    String section = key.section();
    while (!section.isEmpty() && !lines.containsKey(section)) {
      section = section.contains(".") ? section.substring(0, section.lastIndexOf('.')) : "";
    }
    return lines.getOrDefault(section, 0);
  }

  /** Returns the keys that must be given and were not. */
  List<Key<?>> missing() {
    return shape.keys().stream()
        .filter(key -> key.isRequired() && !given.containsKey(key))
        .toList();
  }

  /** Returns whether every key has a value. */
  boolean isWhole() {
    return shape.keys().stream().allMatch(key -> known(key).isPresent());
  }
}
