package dev.slipway.standin.hosting;

import dev.slipway.standin.kernel.AwsError;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** SageMaker's models and endpoint configurations, which never change. */
final class Artifacts {
  final Map<String, ModelState> models = new TreeMap<>();
  final Map<String, ConfigState> configs = new TreeMap<>();
  private final Map<String, ConfigState> everKnown = new HashMap<>();
  private final World world;

  Artifacts(World world) {
    this.world = world;
  }

  void add(ModelState model) {
    if (models.containsKey(model.name())) {
      throw AwsError.refused("Cannot create already existing model \"" + model.arn() + "\".");
    }
    models.put(model.name(), model);
  }

  void add(ConfigState config) {
    if (configs.containsKey(config.name())) {
      throw AwsError.refused(
          "Cannot create already existing endpoint configuration \"" + config.arn() + "\".");
    }
    config.variants().forEach(variant -> variant.model().ifPresent(this::model));
    configs.put(config.name(), config);
    everKnown.put(config.name(), config);
  }

  ModelState model(String name) {
    ModelState found = models.get(name);
    if (found == null) {
      throw AwsError.refused(
          "Could not find model \"" + world.region().arn("sagemaker", "model/" + name) + "\".");
    }
    return found;
  }

  ConfigState config(String name) {
    ConfigState found = configs.get(name);
    if (found == null) {
      throw AwsError.refused(
          "Could not find endpoint configuration \""
              + world.region().arn("sagemaker", "endpoint-config/" + name)
              + "\".");
    }
    return found;
  }

  /** Returns a configuration that an endpoint runs, even if it was deleted meanwhile. */
  ConfigState lastKnown(String name) {
    ConfigState known = everKnown.get(name);
    return known == null ? config(name) : known;
  }
}
