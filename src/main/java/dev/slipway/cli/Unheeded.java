package dev.slipway.cli;

import dev.slipway.manifest.LocalUse;
import dev.slipway.manifest.Manifest;
import java.util.List;

/** Tells a person which settings of a manifest change nothing here; silent at their defaults. */
record Unheeded(LocalUse use) {

  static Unheeded of(Manifest manifest) {
    return new Unheeded(LocalUse.of(manifest));
  }

  /** Tells of a deployment on this machine. */
  void tell(Console console) {
    line(console, "not simulated on this machine", use.notSimulated());
    tellOfLater(console);
  }

  /** Tells of what no target heeds yet. */
  void tellOfLater(Console console) {
    line(console, "checked, but not acted on by this version", use.notYet());
  }

  private static void line(Console console, String what, List<String> keys) {
    if (!keys.isEmpty()) {
      console.say("! " + what + ": " + String.join(", ", keys));
    }
  }
}
