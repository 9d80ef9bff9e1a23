package dev.slipway.model;

import java.util.Optional;
import java.util.OptionalInt;

/** Says where a model comes from; one record for each kind of registry. */
public sealed interface ModelSource {

  /** Returns the source as a manifest has it. */
  String uri();

  /**
   * A repository of the Hugging Face Hub.
   *
   * @param organization the user or organization
   * @param repository the repository's name
   */
  record HuggingFace(String organization, String repository) implements ModelSource {
    @Override
    public String uri() {
      return "hf://" + organization + "/" + repository;
    }
  }

  /**
   * Everything below an S3 prefix.
   *
   * @param bucket the bucket
   * @param prefix ends in a slash
   */
  record S3Prefix(String bucket, String prefix) implements ModelSource {
    @Override
    public String uri() {
      return "s3://" + bucket + "/" + prefix;
    }
  }

  /**
   * A model package group of the SageMaker Model Registry.
   *
   * @param group the group's name
   * @param version the package's version; absent means the newest approved one
   */
  record ModelPackage(String group, OptionalInt version) implements ModelSource {
    @Override
    public String uri() {
      return "registry://" + group + (version.isPresent() ? "/" + version.getAsInt() : "");
    }
  }

  /**
   * A file or folder of this machine.
   *
   * @param path as the manifest has it; relative to the manifest's folder
   */
  record LocalPath(String path) implements ModelSource {
    @Override
    public String uri() {
      return "file:" + path;
    }
  }

  /**
   * Reads a source.
   *
   * @throws IllegalArgumentException if it is none, saying what was expected
   */
  static ModelSource parse(String uri) {
    int colon = uri.indexOf(':');
    String scheme = colon < 0 ? "" : uri.substring(0, colon);
    String rest = uri.substring(colon + 1);
    Optional<ModelSource> source =
        switch (scheme) {
          case "hf" -> huggingFace(rest);
          case "s3" -> s3(rest);
          case "registry" -> registry(rest);
          case "file" ->
              rest.isEmpty() || rest.indexOf('\0') >= 0
                  ? Optional.empty()
                  : Optional.of(new LocalPath(rest));
          default -> Optional.empty();
        };
    return source.orElseThrow(
        () ->
            new IllegalArgumentException(
                "must be hf://org/name, s3://bucket/prefix/, registry://group[/version] or"
                    + " file:path, is \""
                    + uri
                    + "\""));
  }

  private static Optional<ModelSource> huggingFace(String rest) {
    String name = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
    if (!rest.matches("//" + name + "/" + name) || rest.contains("..")) {
      return Optional.empty();
    }
    int slash = rest.indexOf('/', 2);
    return Optional.of(new HuggingFace(rest.substring(2, slash), rest.substring(slash + 1)));
  }

  private static Optional<ModelSource> s3(String rest) {
    if (!rest.matches("//[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/(.*/)?")) {
      return Optional.empty();
    }
    int slash = rest.indexOf('/', 2);
    return Optional.of(new S3Prefix(rest.substring(2, slash), rest.substring(slash + 1)));
  }

  private static Optional<ModelSource> registry(String rest) {
    if (!rest.matches("//[A-Za-z0-9](-*[A-Za-z0-9]){0,62}(/[1-9][0-9]{0,8})?")) {
      return Optional.empty();
    }
    int slash = rest.indexOf('/', 2);
    return Optional.of(
        slash < 0
            ? new ModelPackage(rest.substring(2), OptionalInt.empty())
            : new ModelPackage(
                rest.substring(2, slash),
                OptionalInt.of(Integer.parseInt(rest, slash + 1, rest.length(), 10))));
  }
}
