package dev.slipway.cli;

import dev.slipway.deploy.ServiceImage;
import dev.slipway.deploy.cloud.Images;
import dev.slipway.image.Platform;
import dev.slipway.manifest.Manifest;
import java.util.function.Consumer;

/**
 * Makes the image of a deployment's service, and pushes it to the account's registry.
 *
 * @param image what is in it
 * @param images the account's registry
 * @param onlooker hears what is being done
 */
record DeployedImage(DeploymentImage image, Images images, Consumer<String> onlooker)
    implements ServiceImage {
  @Override
  public String tag(Manifest manifest) {
    return image.plan(DeploymentImage.base(image.surroundings()), Platform.AMD64).tag();
  }

  @Override
  public String push(Manifest manifest, String repository) {
    return image.push(repository, images, onlooker);
  }
}
