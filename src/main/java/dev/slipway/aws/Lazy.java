package dev.slipway.aws;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Makes a value when it is first asked for; if that fails, the next asker tries again. */
final class Lazy<T> {
  private final Supplier<T> maker;
  private Optional<T> made = Optional.empty();

  Lazy(Supplier<T> maker) {
    this.maker = maker;
  }

  synchronized T get() {
    if (made.isEmpty()) {
      made = Optional.of(maker.get());
    }
    return made.orElseThrow();
  }

  /** Does something with the value if there is one. */
  synchronized void ifMade(Consumer<T> use) {
    made.ifPresent(use);
  }
}
