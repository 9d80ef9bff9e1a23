package dev.slipway.standin.hosting;

import java.time.Instant;
import java.util.Map;

/**
 * One model.
 *
 * @param image the container's
 * @param data where its weights lie; empty for none
 */
public record ModelState(
    String name, String arn, String image, String data, Map<String, String> tags, Instant created) {
  /** Copies the tags. */
  public ModelState {
    tags = Map.copyOf(tags);
  }
}
