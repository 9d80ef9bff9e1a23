package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Hosting.Kind;
import dev.slipway.failure.CloudFailure;
import dev.slipway.plan.ResourceNames;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Deletes the endpoint configurations and models that updates have left behind. They outlive an
 * update on purpose, so this is called only once the live endpoint was seen to use the new ones.
 */
final class Leftovers {
  private final Collaborators with;
  private final Hosting hosting;
  private final ResourceNames names;
  private final Looking looking;

  Leftovers(Collaborators with, ResourceNames names) {
    this.with = with;
    this.hosting = with.cloud().hosting();
    this.names = names;
    this.looking = new Looking(with.pace());
  }

  /**
   * Deletes what is this deployment's by its tags and isn't in use. What can't be deleted is left
   * to the next deploy, with a warning.
   *
   * @param live the configuration that the endpoint was seen to use
   * @param model the name of the model in use, absent where only the configuration says it
   */
  void clean(String live, Optional<String> model, List<Revision> history) {
    telling(
        () -> {
          Set<String> used = new HashSet<>();
          config(live).ifPresent(config -> used.addAll(config.models()));
          model.ifPresent(used::add);
          // Without a known model in use, none may be taken for unused.
          delete(Set.of(live), used, !used.isEmpty(), history);
        });
  }

  /** Deletes all that is this deployment's by its tags, where no endpoint is left to use it. */
  void cleanAll(List<Revision> history) {
    telling(() -> delete(Set.of(), Set.of(), true, history));
  }

  /**
   * Deletes what isn't in use.
   *
   * @param live names of configurations in use
   * @param used names of models in use
   * @param certain whether those are all of them
   */
  private void delete(Set<String> live, Set<String> used, boolean certain, List<Revision> history) {
    Map<String, String> models = certain ? unused(Kind.MODEL, used) : Map.of();
    var all = new TreeMap<>(models);
    for (String config : configs(live, history).keySet()) {
      if (certain) {
        config(config).stream()
            .flatMap(old -> old.models().stream())
            .filter(old -> !used.contains(old))
            .forEach(old -> all.putIfAbsent(old, ""));
      }
      delete(Kind.ENDPOINT_CONFIG, config);
      with.note("Deleted the old endpoint configuration " + config);
    }
    for (String old : all.keySet()) {
      delete(Kind.MODEL, old);
      with.note("Deleted the old model " + old);
    }
  }

  private void telling(Runnable cleaning) {
    try {
      cleaning.run();
    } catch (CloudFailure kept) {
      with.warn(
          "Old endpoint configurations or models are left: "
              + kept.getMessage()
              + " They cost nothing; the next deploy, or destroy, removes them.");
    }
  }

  private Map<String, String> configs(Set<String> live, List<Revision> history) {
    var configs = new TreeMap<>(unused(Kind.ENDPOINT_CONFIG, live));
    history.stream()
        .map(Revision::config)
        .filter(Objects::nonNull)
        .filter(config -> !live.contains(config) && !configs.containsKey(config))
        .distinct()
        .flatMap(config -> config(config).stream())
        .filter(config -> ours(config.arn()))
        .forEach(config -> configs.put(config.name(), config.arn()));
    return configs;
  }

  private Map<String, String> unused(Kind kind, Set<String> used) {
    var unused = new TreeMap<String, String>();
    for (Hosting.Named named : looking.at(() -> hosting.list(kind, names.endpoint().value()))) {
      if (!used.contains(named.name()) && ours(named.arn())) {
        unused.put(named.name(), named.arn());
      }
    }
    return unused;
  }

  private Optional<Hosting.Config> config(String name) {
    return looking.at(() -> hosting.config(name));
  }

  private void delete(Kind kind, String name) {
    looking.at(
        () -> {
          hosting.delete(kind, name);
          return name;
        });
  }

  private boolean ours(String arn) {
    Map<String, String> tags = looking.at(() -> hosting.tags(arn));
    return names.deployment().equals(tags.get(ResourceNames.DEPLOYMENT_TAG))
        && names.environment().equals(tags.get(ResourceNames.ENVIRONMENT_TAG));
  }
}
