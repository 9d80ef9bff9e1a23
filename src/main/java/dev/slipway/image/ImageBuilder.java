package dev.slipway.image;

import java.util.function.Consumer;

/** Builds images. */
public interface ImageBuilder {

  /**
   * Builds an image and puts it where it goes; layers that are there already aren't sent again.
   *
   * @param onlooker hears what is done, a line at a time
   * @throws dev.slipway.failure.OperationFailed if the base can't be had, or the image can't be
   *     written or pushed
   * @throws dev.slipway.failure.Interrupted if it is stopped
   */
  BuiltImage build(ImagePlan plan, ImageTarget target, Consumer<String> onlooker);
}
