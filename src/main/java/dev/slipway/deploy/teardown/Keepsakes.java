package dev.slipway.deploy.teardown;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Hosting;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.RagSpec;
import dev.slipway.manifest.SecretReference;
import dev.slipway.model.ModelSource;
import dev.slipway.rag.index.PassagePlace;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds what a deployment uses and the user owns, which is never removed. */
public final class Keepsakes {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String BUCKET = "AWS::S3::Bucket";
  private static final String TOPIC = "AWS::SNS::Topic";
  private static final String KEY = "AWS::KMS::Key";
  private static final String COLLECTION = "Qdrant::Collection";

  private Keepsakes() {}

  /** Returns what a manifest names. */
  public static List<Removal.Kept> of(Manifest manifest) {
    List<Removal.Kept> kept = new ArrayList<>(of(manifest.model().source()));
    Hosting hosting = manifest.endpoint().hosting();
    hosting.kmsKey().ifPresent(key -> kept.add(new Removal.Kept(KEY, key, "endpoint.kms_key")));
    switch (manifest.endpoint()) {
      case EndpointSpec.Realtime _ -> {}
      case EndpointSpec.Async async -> {
        async
            .output()
            .ifPresent(
                uri -> kept.add(new Removal.Kept(BUCKET, bucket(uri), "endpoint.async.output")));
        async
            .notifySuccess()
            .ifPresent(
                topic -> kept.add(new Removal.Kept(TOPIC, topic, "endpoint.async.notify.success")));
        async
            .notifyError()
            .ifPresent(
                topic -> kept.add(new Removal.Kept(TOPIC, topic, "endpoint.async.notify.error")));
      }
    }
    kept.addAll(passages(manifest));
    return distinct(kept);
  }

  /**
   * Returns the collections of a manifest's passages on the user's own server. Others may have come
   * to read them, and only the server's key says who may delete there.
   */
  public static List<Removal.Kept> passages(Manifest manifest) {
    return switch (manifest.rag().store()) {
      case RagSpec.Store.Embedded _ -> List.of();
      case RagSpec.Store.Qdrant(URI url, SecretReference key) ->
          manifest.rag().collections().stream()
              .map(collection -> PassagePlace.prefix(manifest) + collection)
              .map(name -> new Removal.Kept(COLLECTION, name, yours(url, key, name)))
              .toList();
    };
  }

  private static String yours(URI url, SecretReference key, String name) {
    return "it is on your own server; if it is there, delete it by: curl -X DELETE -H \"api-key: $"
        + key.variable()
        + "\" "
        + url.toString().replaceFirst("/+$", "")
        + "/collections/"
        + name;
  }

  /** Returns the place that a model was copied from, where it is in the account. */
  static List<Removal.Kept> of(ModelSource source) {
    return switch (source) {
      case ModelSource.S3Prefix s3 ->
          List.of(new Removal.Kept(BUCKET, s3.bucket(), "the model's source"));
      case ModelSource.ModelPackage registry ->
          List.of(
              new Removal.Kept(
                  "AWS::SageMaker::ModelPackageGroup", registry.group(), "the model's source"));
      case ModelSource.HuggingFace _, ModelSource.LocalPath _ -> List.of();
    };
  }

  /** Returns what a deployed template names, for where the manifest is gone. */
  static List<Removal.Kept> in(String template) {
    List<Removal.Kept> kept = new ArrayList<>();
    try {
      JSON.readTree(template)
          .path("Resources")
          .properties()
          .forEach(
              resource -> {
                // Policies name what may be used, which is more than what is.
                if (!resource.getValue().path("Type").asText().startsWith("AWS::IAM::")) {
                  walk(resource.getValue().path("Properties"), kept);
                }
              });
    } catch (JsonProcessingException unreadable) {
      return List.of(); // only what is said of it is lost: nothing in it would be removed
    }
    return distinct(kept);
  }

  private static void walk(JsonNode node, List<Removal.Kept> kept) {
    node.properties()
        .forEach(
            field -> {
              String value = field.getValue().asText("");
              if (value.startsWith("arn:") && value.contains(":sns:")) {
                kept.add(new Removal.Kept(TOPIC, value, "it was told of answers"));
              } else if (value.startsWith("s3://") && !value.startsWith("s3://${")) {
                // What a parameter or a resource of the template names is the store's.
                kept.add(new Removal.Kept(BUCKET, bucket(value), "the endpoint used it"));
              } else if (field.getKey().matches("(Volume)?KmsKeyId") && !value.isEmpty()) {
                kept.add(new Removal.Kept(KEY, value, "it encrypted what the endpoint stored"));
              }
              walk(field.getValue(), kept);
            });
    if (node.isArray()) {
      node.forEach(item -> walk(item, kept));
    }
  }

  /** Returns each thing once, by its first reason. */
  static List<Removal.Kept> distinct(List<Removal.Kept> kept) {
    Map<String, Removal.Kept> first = new LinkedHashMap<>();
    kept.forEach(thing -> first.putIfAbsent(thing.type() + " " + thing.name(), thing));
    return List.copyOf(first.values());
  }

  private static String bucket(String uri) {
    String rest = uri.startsWith("s3://") ? uri.substring("s3://".length()) : uri;
    int slash = rest.indexOf('/');
    return slash < 0 ? rest : rest.substring(0, slash);
  }
}
