package dev.slipway.manifest;

import dev.slipway.model.ModelSource;
import dev.slipway.model.ModelSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Describes the whole manifest, and in particular what stands at its top and under the model. */
final class ManifestKeys {
  /** The key under which environments lie; what is in it is the manifest again, without itself. */
  static final String ENVIRONMENTS = "environments";

  /** What an environment is called: short, because it becomes part of names. */
  static final Pattern ENVIRONMENT = Pattern.compile("[a-z][a-z0-9-]{0,15}");

  /** Every one of them is checked each time; nobody has so many. */
  static final int MOST_ENVIRONMENTS = 50;

  static final Key<DeploymentName> NAME =
      Key.required(
          "name",
          ScalarTypes.text(
              "a name of at most 31 of a-z, 0-9 and -, the first a letter",
              DeploymentName.PATTERN.pattern(),
              text ->
                  Optional.of(text)
                      .filter(DeploymentName.PATTERN.asMatchPredicate())
                      .map(DeploymentName::new)),
          "llm-twin",
          "Names the deployment, and all that is made for it.");

  static final Key<Optional<String>> REGION =
      Key.of(
          "region",
          new OptionalType<>(
              ScalarTypes.text(
                  "an AWS region, such as eu-west-1", "[a-z]{2,4}(-[a-z]{2,12}){1,3}-[0-9]{1,2}")),
          "null",
          "eu-west-1",
          "The AWS region; else the AWS profile's.");

  static final Key<Manifest.Target> TARGET =
      Key.of(
          "target",
          ScalarTypes.word(Manifest.Target.class),
          "aws",
          "local",
          "Where the deployment lives: Amazon SageMaker, or this machine. `slipway up` is always local.");

  static final Key<ModelSource> SOURCE =
      Key.required(
          "model.source",
          ScalarTypes.text(
              "hf://org/name, s3://bucket/prefix/, registry://group[/version] or file:path",
              "(hf://|s3://|registry://|file:)[\\s\\S]+",
              ManifestKeys::source),
          "hf://org/name",
          "Where the model comes from: hf://org/name, s3://bucket/prefix/,"
              + " registry://group[/version] or file:path (relative to the manifest).");

  static final Key<String> REVISION =
      Key.of(
          "model.revision",
          ScalarTypes.looseText(
              "a branch, tag or commit", "(?!.*\\.\\.)[A-Za-z0-9][A-Za-z0-9._/-]{0,199}"),
          "main",
          "v1.2",
          "Branch, tag or commit; slipway.lock pins it to a commit.");

  static final Key<List<String>> FILES =
      Key.of(
          "model.files",
          new ListType<>(
              ScalarTypes.looseText(
                  "a glob inside of the model, without ..",
                  "(?!/)(?!(.*/)?\\.\\.(/|$))[^\\\\\\u0000-\\u001f]{1,300}"),
              0,
              100),
          "[]",
          "[\"*.gguf\", config.json]",
          "Globs of the files to take. By default: safetensors (or one GGUF), config, tokenizer.");

  static final Key<List<ModelSpec.Allowance>> ALLOW =
      Key.of(
          "model.allow",
          new ListType<>(ScalarTypes.word(ModelSpec.Allowance.class), 0, 2),
          "[]",
          "[remote-code]",
          "What may run code when the model is loaded, and is refused unless it is named here:"
              + " pickle, remote-code.");

  static final Key<Optional<Expiry>> EXPIRES =
      Key.of(
          "expires",
          new OptionalType<>(ScalarTypes.expiry()),
          "null",
          "8h",
          "When the deployment should be gone: so long after it was deployed, or at a moment.");

  /** AWS allows 50 tags on a resource; ten are left for those that Slipway adds. */
  static final Key<Map<String, String>> TAGS =
      Key.of(
          "tags",
          new MapType(
              "a map of at most 40 tags; names beginning with aws: or slipway: are taken",
              Pattern.compile("(?!([aA][wW][sS]|slipway):)[\\p{L}\\p{N} _.:/=+@-]{1,128}"),
              ScalarTypes.looseText(
                  "at most 256 letters, digits, spaces and _.:/=+@-",
                  "[\\p{L}\\p{N} _.:/=+@-]{0,256}"),
              40,
              (name, text) ->
                  Optional.of("looks like a secret; tags can be read by many")
                      .filter(reason -> Secrecy.looksSecret(text))),
          "{}",
          "{team: search}",
          "Tags of every resource.");

  private ManifestKeys() {}

  /** Returns everything that a manifest holds, but for its environments. */
  static Shape shape() {
    Shape shape =
        Shape.of(
                "What Slipway deploys: one model, its endpoint and its RAG service.",
                NAME,
                REGION,
                TARGET)
            .section("model", "Which model is served.", SOURCE, REVISION, FILES, ALLOW);
    return ServiceKeys.addTo(EndpointKeys.addTo(shape)).with(EXPIRES, TAGS).beside(ENVIRONMENTS);
  }

  /** Reads a model source; what it takes is the model package's to say. */
  static Optional<ModelSource> source(String text) {
    try {
      return Optional.of(ModelSource.parse(text));
    } catch (IllegalArgumentException notASource) {
      return Optional.empty();
    }
  }
}
