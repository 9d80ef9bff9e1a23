package dev.slipway.manifest;

import dev.slipway.manifest.Hosting.Engine;
import dev.slipway.manifest.Hosting.Server;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Describes how the model is hosted. Bounds without a note are SageMaker's own. */
final class EndpointKeys {

  static final Key<EndpointTypes.Kind> KIND =
      Key.of(
          "endpoint.kind",
          EndpointTypes.kind(),
          "realtime",
          "async",
          "How it is asked: realtime answers while the caller waits; async takes requests from S3,"
              + " puts answers there, and can scale to 0.");

  static final Key<Server> SERVER =
      Key.of(
          "endpoint.server",
          EndpointTypes.server(),
          "vllm",
          "lmi",
          "The serving software: vllm, lmi (DJL), tei (embeddings), llama.cpp (target local only),"
              + " or the URI of an image of your own.");

  static final Key<List<String>> INSTANCE =
      Key.of(
          "endpoint.instance",
          EndpointTypes.instances(),
          "auto",
          "[ml.g5.2xlarge, ml.g6.2xlarge]",
          "The instance type; a list in order of preference, for when the first has no capacity;"
              + " or auto. Target local has no use for it.");

  static final Key<Map<String, String>> ENVIRONMENT =
      Key.of(
          "endpoint.environment",
          EndpointTypes.environment(),
          "{}",
          "{SM_VLLM_MAX_MODEL_LEN: 4096}",
          "Variables of the container, at most 100 of 1,024 bytes, 32 KB in all. Never secrets:"
              + " whoever may describe the model can read them.");

  static final Key<Engine> ENGINE =
      Key.of(
          "endpoint.engine",
          EndpointTypes.engine(),
          "embedded",
          "http://localhost:8080",
          "What plays the container on target local: embedded (llama.cpp), or the address of a"
              + " server that is running already.");

  static final Key<Boolean> COMPONENTS =
      Key.of(
          "endpoint.components",
          ScalarTypes.bool(),
          "false",
          "true",
          "Hosts the model as an inference component, which realtime needs to scale to 0.");

  static final Key<Integer> CONCURRENCY =
      Key.of(
          "endpoint.async.concurrency",
          ScalarTypes.integer(1, 1000),
          "4",
          "8",
          "Requests at once per instance.");

  static final Key<Optional<String>> OUTPUT =
      Key.of(
          "endpoint.async.output",
          new OptionalType<>(
              ScalarTypes.text(
                  "s3://bucket/prefix/",
                  "s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/([A-Za-z0-9!_.*'()/-]{1,500}/)?")),
          "null",
          "s3://my-bucket/answers/",
          "Where answers go; else the deployment's own bucket.");

  static final Key<Optional<String>> SUCCESS =
      Key.of(
          "endpoint.async.notify.success",
          new OptionalType<>(EndpointTypes.topic()),
          "null",
          "arn:aws:sns:eu-west-1:123456789012:answers",
          "The SNS topic that is told of answers.");

  static final Key<Optional<String>> ERROR =
      Key.of(
          "endpoint.async.notify.error",
          new OptionalType<>(EndpointTypes.topic()),
          "null",
          "arn:aws:sns:eu-west-1:123456789012:failures",
          "The SNS topic that is told of failures.");

  static final Key<Duration> TIMEOUT =
      Key.of(
          "endpoint.async.timeout",
          ScalarTypes.duration("1s", "1h"),
          "15m",
          "1h",
          "How long the container may take for one request.");

  static final Key<List<String>> SUBNETS =
      Key.of(
          "endpoint.network.subnets",
          new ListType<>(ScalarTypes.text("a subnet's id", "subnet-[0-9a-f]{8,17}"), 0, 16),
          "[]",
          "[subnet-0123456789abcdef0]",
          "Subnets of the VPC that the endpoint lives in; needs security_groups too.");

  static final Key<List<String>> SECURITY_GROUPS =
      Key.of(
          "endpoint.network.security_groups",
          new ListType<>(ScalarTypes.text("a security group's id", "sg-[0-9a-f]{8,17}"), 0, 5),
          "[]",
          "[sg-0123456789abcdef0]",
          "Security groups in that VPC; needs subnets too.");

  static final Key<Boolean> ISOLATION =
      Key.of(
          "endpoint.network.isolation",
          ScalarTypes.bool(),
          "false",
          "true",
          "Gives the container no network at all.");

  static final Key<Optional<String>> KMS_KEY =
      Key.of(
          "endpoint.kms_key",
          new OptionalType<>(EndpointTypes.kmsKey()),
          "null",
          "alias/slipway",
          "Encrypts what the endpoint stores; else a key of AWS does.");

  static final Key<Integer> CAPTURE =
      Key.of(
          "endpoint.capture.percent",
          ScalarTypes.integer(0, 100),
          "0",
          "10",
          "How many of a hundred requests and answers are kept in S3.");

  static final Key<String> SMOKE_PROMPT =
      Key.of(
          "endpoint.smoke.prompt",
          ScalarTypes.text(
              "a question of at most 2,000 characters", "(?=[\\s\\S]*\\S)[\\s\\S]{1,2000}"),
          "Say hello.",
          "What is a slipway?",
          "What the new endpoint must answer before a deploy counts as done.");

  /** Realtime answers have 60 s (SageMaker); async ones up to 1 h. */
  static final Key<Duration> SMOKE_TIMEOUT =
      Key.of(
          "endpoint.smoke.timeout",
          ScalarTypes.duration("1s", "1h"),
          "60s",
          "2m",
          "How long that answer may take.");

  private EndpointKeys() {}

  /** Adds the endpoint to a shape, in the order of the contract's sample. */
  static Shape addTo(Shape shape) {
    shape.section(
        "endpoint",
        "How the model is hosted.",
        KIND,
        SERVER,
        INSTANCE,
        ENVIRONMENT,
        ENGINE,
        COMPONENTS);
    ScalingKeys.addTo(shape);
    shape
        .section("endpoint.async", "What only async endpoints have.", CONCURRENCY, OUTPUT)
        .section("endpoint.async.notify", "Who is told.", SUCCESS, ERROR)
        .with(TIMEOUT);
    UpdateKeys.addTo(shape);
    return shape
        .section("endpoint.network", "The VPC.", SUBNETS, SECURITY_GROUPS, ISOLATION)
        .with(KMS_KEY)
        .section("endpoint.capture", "Data capture.", CAPTURE)
        .section("endpoint.smoke", "The smoke test.", SMOKE_PROMPT, SMOKE_TIMEOUT);
  }
}
