package dev.slipway.standin.hosting;

import dev.slipway.deploy.cloud.Images;
import dev.slipway.standin.kernel.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** ECR's repositories. Not thread-safe: the simulation takes one call at a time. */
public final class SimulatedImages implements Images {
  private final Region region;
  private final Map<String, List<String>> repositories = new TreeMap<>();
  private final Map<String, String> tags = new TreeMap<>();

  /** Makes no repository yet. */
  public SimulatedImages(Region region) {
    this.region = region;
  }

  /** Makes a repository. */
  public void create(String repository) {
    repositories.computeIfAbsent(repository, name -> new ArrayList<>());
  }

  /** Puts an image into a repository, which is made where it is missing. */
  public void push(String repository, String digest) {
    repositories.computeIfAbsent(repository, name -> new ArrayList<>()).add(digest);
  }

  /** Puts an image into a repository under a tag. */
  public void push(String repository, String digest, String tag) {
    push(repository, digest);
    tags.put(repository + ":" + tag, digest);
  }

  @Override
  public Optional<String> address(String repository) {
    return exists(repository)
        ? Optional.of(
            region.account() + ".dkr.ecr." + region.name() + ".amazonaws.com/" + repository)
        : Optional.empty();
  }

  @Override
  public Optional<String> digest(String repository, String tag) {
    return Optional.ofNullable(tags.get(repository + ":" + tag))
        .filter(digests(repository)::contains);
  }

  /** Takes an empty repository away; returns why it can't be, if so. */
  public Optional<String> remove(String repository) {
    if (!digests(repository).isEmpty()) {
      return Optional.of(
          "The repository with name '"
              + repository
              + "' cannot be deleted because it still contains"
              + " images");
    }
    repositories.remove(repository);
    return Optional.empty();
  }

  /** Returns whether there is such a repository. */
  public boolean exists(String repository) {
    return repositories.containsKey(repository);
  }

  @Override
  public List<String> digests(String repository) {
    return List.copyOf(repositories.getOrDefault(repository, List.of()));
  }

  @Override
  public Login login() {
    return new Login("AWS", "token");
  }

  @Override
  public void delete(String repository, List<String> digests) {
    List<String> images = repositories.get(repository);
    if (images != null) {
      images.removeAll(digests);
    }
  }
}
