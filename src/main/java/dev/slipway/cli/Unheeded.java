package dev.slipway.cli;

import dev.slipway.manifest.LocalUse;
import dev.slipway.manifest.Manifest;

/** Tells a person which settings of a manifest change nothing here; silent at their defaults. */
record Unheeded(LocalUse use) {

  static Unheeded of(Manifest manifest) {
    return new Unheeded(LocalUse.of(manifest));
  }

  /** Tells of a deployment on this machine. */
  void tell(Console console) {
    if (!use.notSimulated().isEmpty()) {
      console.say("! not simulated on this machine: " + String.join(", ", use.notSimulated()));
    }
  }
}
