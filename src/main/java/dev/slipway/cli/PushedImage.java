package dev.slipway.cli;

import dev.slipway.deploy.ServiceImage;
import dev.slipway.failure.Refused;
import dev.slipway.manifest.Manifest;

/** The service's image where somebody has pushed it: it is found by its tag, and never made. */
record PushedImage(String version) implements ServiceImage {
  @Override
  public String tag(Manifest manifest) {
    String tag = "service-" + version;
    return manifest.environment().equals("default") ? tag : tag + "-" + manifest.environment();
  }

  @Override
  public String push(Manifest manifest, String repository) {
    throw new Refused(
        "image_not_pushed",
        "Cannot bring up the service of \"" + manifest.name() + "\"",
        "its image " + repository + ":" + tag(manifest) + " is not there.",
        "Push it under that tag (docs/fargate.md says what it must be), then deploy again.");
  }
}
