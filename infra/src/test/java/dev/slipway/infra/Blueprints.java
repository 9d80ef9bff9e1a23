package dev.slipway.infra;

import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.plan.AnsweringModel;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.ServiceDesign;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Blueprints of every endpoint kind and option, each with the part of a manifest that asks for it.
 */
final class Blueprints {
  static final String KEY =
      "arn:aws:kms:eu-west-1:123456789012:key/0e1c2b3a-1111-2222-3333-444455556666";
  static final String IMAGE =
      "763104351884.dkr.ecr.eu-west-1.amazonaws.com/huggingface-vllm:0.21.0-gpu-py312-cu130";

  private static final String SCHEDULE =
      "{when: \"cron(0 8 ? * MON-FRI *)\", timezone: Europe/Vienna, min: 2, max: 6}";
  private static final String NETWORK =
      "network: {subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef1],"
          + " security_groups: [sg-0123456789abcdef0]";

  /** Endpoints as manifests write them, by what is special about each. */
  private static final Map<String, String> ENDPOINTS = new LinkedHashMap<>();

  static {
    ENDPOINTS.put("realtime", "");
    ENDPOINTS.put("realtime-fixed", "scaling: {min: 2, max: 2}");
    ENDPOINTS.put("realtime-schedule", "scaling: {min: 1, max: 1, schedule: [" + SCHEDULE + "]}");
    ENDPOINTS.put("realtime-linear", "update: {strategy: linear, step: 25%, wait: 2m}");
    ENDPOINTS.put("realtime-rolling", "update: {strategy: rolling, step: 10%, wait: 1m}");
    ENDPOINTS.put("realtime-all-at-once", "update: {strategy: all-at-once, alarms: [errors]}");
    ENDPOINTS.put("realtime-no-alarms", "update: {alarms: []}");
    ENDPOINTS.put("realtime-pools", "instance: [ml.g5.2xlarge, ml.g6.2xlarge]");
    ENDPOINTS.put("realtime-kms", "kms_key: " + KEY);
    ENDPOINTS.put("realtime-kms-alias", "kms_key: alias/slipway\n  capture: {percent: 5}");
    ENDPOINTS.put("realtime-vpc", NETWORK + "}");
    ENDPOINTS.put("realtime-isolated", NETWORK + ", isolation: true}");
    ENDPOINTS.put("realtime-capture", "capture: {percent: 10}");
    ENDPOINTS.put(
        "realtime-image", "server: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/own/server:1");
    ENDPOINTS.put("component", "components: true");
    ENDPOINTS.put("component-zero", "components: true\n  scaling: {min: 0, max: 3}");
    ENDPOINTS.put("component-all-at-once", "components: true\n  update: {strategy: all-at-once}");
    ENDPOINTS.put(
        "component-private",
        "components: true\n  kms_key: " + KEY + "\n  " + NETWORK + ", isolation: true}");
    ENDPOINTS.put("async", "kind: async");
    ENDPOINTS.put("async-zero", "kind: async\n  scaling: {min: 0, max: 4}\n  kms_key: " + KEY);
    ENDPOINTS.put(
        "async-own",
        """
        kind: async
          async:
            output: s3://my-bucket/answers/
            timeout: 1h
            notify:
              success: arn:aws:sns:eu-west-1:123456789012:answers
              error: arn:aws:sns:eu-west-1:123456789012:failures""");
    ENDPOINTS.put("async-fixed", "kind: async\n  scaling: {min: 1, max: 1}");
  }

  private static final String FARGATE =
      """
      api:
        host: fargate
        keys: secret:chat/api-keys
        fargate:
          vpc: vpc-0123456789abcdef0
          subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
      """;

  private static final Blueprint.Beside SMALL =
      new Blueprint.Beside(500_000_000L, 4_000_000_000L, OptionalInt.empty());
  private static final Blueprint.Beside LARGE =
      new Blueprint.Beside(20_000_000_000L, 40_000_000_000L, OptionalInt.of(42));

  /**
   * Business layers on Fargate, by the endpoint that each asks, or whose keys are in the manifest.
   */
  private static final Map<String, Served> SERVED = new LinkedHashMap<>();

  /** The case of an endpoint, and the rest of the manifest. */
  private record Served(String endpoint, String more) {}

  static {
    SERVED.put("fargate", new Served("realtime", FARGATE));
    SERVED.put(
        "fargate-public",
        new Served(
            "component",
            FARGATE
                + """
                    cpu: 2048
                    memory: 8GiB
                    min: 3
                    max: 12
                    log_days: 90
                    load_balancer:
                      public: true
                      subnets: [subnet-0123456789abcdef2, subnet-0123456789abcdef3]
                      certificate: arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d
                      allow: [0.0.0.0/0]
                  limits: {deadline: 8m}
                """));
    SERVED.put("fargate-async", new Served("async-zero", FARGATE));
    SERVED.put(
        "fargate-elsewhere",
        new Served(
            "async-own",
            FARGATE.replace("  host:", "  port: 9000\n  fallback: spare\n  host:")
                + """
                    min: 2
                    max: 2
                rag: {store: {qdrant: "https://qdrant.example.com:6333", key: "secret:qdrant"}}
                trace: {export: "http://collector.example.com:4318"}
                """));
  }

  static {
    SERVED.put("embedded", new Served("realtime", FARGATE + "  engine: embedded\n"));
    SERVED.put(
        "embedded-large",
        new Served(
            "async-zero", FARGATE + "    cpu: 8192\n    memory: 40GiB\n  engine: embedded\n"));
  }

  private Blueprints() {}

  /** Returns the names of all cases. */
  static List<String> cases() {
    return List.copyOf(ENDPOINTS.keySet());
  }

  /** Returns the names of the cases with a business layer on Fargate. */
  static List<String> served() {
    return List.copyOf(SERVED.keySet());
  }

  /** Returns the blueprint of a case with a business layer on Fargate. */
  static Blueprint served(String name) {
    Served served = java.util.Objects.requireNonNull(SERVED.get(name), name);
    return of(yaml(served.endpoint()) + served.more(), Optional.empty());
  }

  /** Returns the manifest of a case. */
  static String yaml(String name) {
    String endpoint = java.util.Objects.requireNonNull(ENDPOINTS.get(name), name);
    boolean choosesInstance = endpoint.contains("instance:");
    return """
    name: chat
    region: eu-west-1
    target: aws
    model: {source: "file:model"}
    tags: {team: search, cost-center: "42"}
    endpoint:
    %s  %s
    """
        .formatted(choosesInstance ? "" : "  instance: ml.g5.2xlarge\n", endpoint);
  }

  /** Returns the blueprint of a case. */
  static Blueprint of(String name) {
    return of(yaml(name), Optional.empty());
  }

  /** Returns the blueprint of a manifest, with figures of a model of 16 GB. */
  static Blueprint of(String yaml, Optional<String> environment) {
    Manifest manifest =
        new ManifestReader()
            .read(yaml, "slipway.yaml", Path.of("/"), environment, _ -> Optional.empty());
    var names = ResourceNames.of(manifest);
    var tags = new LinkedHashMap<>(manifest.tags());
    tags.put(ResourceNames.DEPLOYMENT_TAG, names.deployment());
    tags.put(ResourceNames.ENVIRONMENT_TAG, names.environment());
    boolean beside = AnsweringModel.of(manifest).beside();
    var model = manifest.api().fargate().cpu() > 1024 ? LARGE : SMALL;
    return new Blueprint(
        names,
        "eu-west-1",
        beside ? Optional.empty() : Optional.of(endpoint(manifest)),
        tags,
        ServiceDesign.of(manifest, names, Optional.of(model).filter(_ -> beside)));
  }

  private static Blueprint.Endpoint endpoint(Manifest manifest) {
    return new Blueprint.Endpoint(
        manifest.endpoint(),
        manifest.endpoint().hosting().instances(),
        new Blueprint.ModelData("models/0123456789abcdef/", false, 16_000_000_000L, false),
        new Blueprint.Container(
            image(manifest),
            Map.of("SM_VLLM_HOST", "0.0.0.0", "SM_VLLM_MAX_MODEL_LEN", "8192"),
            Optional.of("al2-ami-sagemaker-inference-gpu-3-1")),
        new Blueprint.Startup(
            Duration.ofMinutes(15), Duration.ofMinutes(20), OptionalInt.empty(), 1, 20_480));
  }

  private static Blueprint with(Blueprint blueprint, Blueprint.Endpoint endpoint) {
    return new Blueprint(
        blueprint.names(),
        blueprint.region(),
        Optional.of(endpoint),
        blueprint.tags(),
        blueprint.service());
  }

  private static String image(Manifest manifest) {
    return manifest.endpoint().hosting().server()
            instanceof dev.slipway.manifest.Hosting.Server.Image(String uri)
        ? uri
        : IMAGE;
  }

  /** Returns the same on instances whose disk is a volume of its own. */
  static Blueprint onVolume(Blueprint blueprint, int gigabytes) {
    Blueprint.Endpoint endpoint = blueprint.endpoint().orElseThrow();
    Blueprint.Startup startup = endpoint.startup();
    return with(
        blueprint,
        new Blueprint.Endpoint(
            endpoint.spec(),
            endpoint.instances(),
            endpoint.model(),
            endpoint.container(),
            new Blueprint.Startup(
                startup.download(),
                startup.healthCheck(),
                OptionalInt.of(gigabytes),
                startup.accelerators(),
                startup.copyMemoryMb())));
  }

  /** Returns the same with the model as one archive. */
  static Blueprint archived(Blueprint blueprint) {
    Blueprint.Endpoint endpoint = blueprint.endpoint().orElseThrow();
    return with(
        blueprint,
        new Blueprint.Endpoint(
            endpoint.spec(),
            endpoint.instances(),
            new Blueprint.ModelData("models/0123456789abcdef/model.tar.gz", true, 1, false),
            endpoint.container(),
            endpoint.startup()));
  }

  /** Returns every case and the variations that no manifest asks for by itself. */
  static Map<String, Blueprint> all() {
    Map<String, Blueprint> all = new LinkedHashMap<>();
    for (String name : cases()) {
      all.put(name, of(name));
    }
    all.put("realtime-volume-kms", onVolume(of("realtime-kms"), 256));
    all.put("realtime-archive", archived(of("realtime")));
    served().forEach(name -> all.put(name, served(name)));
    return all;
  }

  static List<String> names() {
    return new ArrayList<>(all().keySet());
  }

  /** Returns the names of all cases with an endpoint. */
  static List<String> hosted() {
    return all().entrySet().stream()
        .filter(each -> each.getValue().endpoint().isPresent())
        .map(Map.Entry::getKey)
        .toList();
  }
}
