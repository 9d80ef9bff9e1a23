package dev.slipway.deploy.teardown;

import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.StackStatus;
import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.manifest.DeploymentName;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.ResourceNames;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.FakeCloud;
import dev.slipway.standin.kernel.VirtualPace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A simulated account with a deployment in it, for the tests of those who look at it or end it. */
public final class Deployed {
  /** The store's bucket. */
  public static final String BUCKET = "slipway-chat-store-bucket";

  private static final String STORE =
      """
      {"Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "%s"}},
        "Images": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "chat"}}},
       "Outputs": {"BucketName": {"Value": {"Ref": "Bucket"}},
                   "RepositoryName": {"Value": {"Ref": "Images"}}}}
      """
          .formatted(BUCKET);

  private static final String ENDPOINT =
      """
      {"Resources": {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {}},
        "Model": {"Type": "AWS::SageMaker::Model", "UpdateReplacePolicy": "Retain",
          "Properties": {"PrimaryContainer": {"Image": "vllm", "ModelDataUrl": "s3://%1$s/models/"},
            "Tags": %3$s}},
        "Config": {"Type": "AWS::SageMaker::EndpointConfig", "UpdateReplacePolicy": "Retain",
          "Properties": {"ProductionVariants": [{"VariantName": "main",
            "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
            "InitialInstanceCount": 1, "InstanceType": "ml.g5.2xlarge"}],
            "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://users-answers/out",
              "NotificationConfig": {"SuccessTopic": "arn:aws:sns:eu-west-1:123456789012:done"}}},
            "Tags": %3$s}},
        "Endpoint": {"Type": "AWS::SageMaker::Endpoint",
          "Properties": {"EndpointName": "%2$s",
            "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]},
            "Tags": %3$s}},
        "Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "DependsOn": "Endpoint",
          "Properties": {"ResourceId": "endpoint/%2$s/variant/main", "MinCapacity": 1,
            "MaxCapacity": 4, "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
            "ServiceNamespace": "sagemaker", "RoleARN": "arn:aws:iam::123456789012:role/scaling"}},
        "Errors": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors"}}},
       "Outputs": {"EndpointName": {"Value": {"Fn::GetAtt": ["Endpoint", "EndpointName"]}},
         "EndpointConfigName": {"Value": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}},
         "ModelName": {"Value": {"Fn::GetAtt": ["Model", "ModelName"]}}}}
      """;

  private final VirtualPace pace = new VirtualPace();
  private final CloudSimulation simulation = new CloudSimulation(pace);
  private final FakeCloud cloud = new FakeCloud(simulation);
  private final ResourceNames names = names("default");

  /** Makes an empty account. */
  public Deployed() {}

  /** Returns the names of an environment of the deployment {@code chat}. */
  public static ResourceNames names(String environment) {
    return ResourceNames.of(new DeploymentName("chat"), environment);
  }

  /** Returns the clock. */
  public VirtualPace pace() {
    return pace;
  }

  /** Returns the account's insides. */
  public CloudSimulation simulation() {
    return simulation;
  }

  /** Returns the account. */
  public FakeCloud cloud() {
    return cloud;
  }

  /** Deploys the default environment, with all that a deployment gathers over time. */
  public Deployed whole() {
    apply(names.storeStack(), STORE, "default");
    environment("default");
    put("models/0123abcd/model.safetensors");
    cloud.bucket(BUCKET).begin("models/0123abcd/half", "application/octet-stream", Map.of());
    simulation.with(s -> s.images().push("chat", "sha256:" + "ab".repeat(32)));
    // An earlier revision's, which CloudFormation retained.
    simulation.with(
        s -> {
          s.hosting().createModel("Model-old", "vllm", "", tags("default"));
          s.hosting().createConfig("Config-old", List.of(), false, tags("default"));
        });
    return this;
  }

  /** Deploys one environment's endpoint. */
  public void environment(String environment) {
    ResourceNames its = names(environment);
    apply(its.endpointStack(), endpoint(environment), environment);
    put(its.asyncPrefix() + "output/1");
    put(its.revisionsPrefix() + "0001.template.json");
    put(its.templatesPrefix() + "1.json");
    simulation.with(s -> s.logs().write(its.logGroup(), "main/i-1", List.of("ready")));
  }

  /** Deploys one environment's business layer to ECS. */
  public void serve(String environment) {
    ResourceNames its = names(environment);
    apply(its.serviceStack(), service(environment, "1"), environment);
    put(its.indexPrefix() + "0123456789abcdef0123.zip");
    put(its.jobsPrefix() + "1.json");
  }

  /** Returns the template of an environment's business layer. */
  public static String service(String environment, String version) {
    ResourceNames its = names(environment);
    return """
        {"Resources": {
          "Cluster": {"Type": "AWS::ECS::Cluster"},
          "LoadBalancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer"},
          "LogGroup": {"Type": "AWS::Logs::LogGroup",
           "Properties": {"LogGroupName": "%s"}},
          "ErrorsAlarm": {"Type": "AWS::CloudWatch::Alarm",
           "Properties": {"AlarmName": "%s-errors"}},
          "TaskDefinition": {"Type": "AWS::ECS::TaskDefinition", "Properties": {
           "ContainerDefinitions": [{"Image": "service:%s"}]}},
          "Service": {"Type": "AWS::ECS::Service", "Properties": {
           "Cluster": {"Ref": "Cluster"}, "TaskDefinition": {"Ref": "TaskDefinition"}}}}}
        """
        .formatted(its.serviceLogGroup(), its.serviceStack(), version);
  }

  /** Returns an environment's template. */
  public static String endpoint(String environment) {
    String tags =
        "[{\"Key\": \"slipway:deployment\", \"Value\": \"chat\"},"
            + " {\"Key\": \"slipway:environment\", \"Value\": \""
            + environment
            + "\"}]";
    return ENDPOINT
        .replace("%1$s", BUCKET)
        .replace("%2$s", names(environment).endpoint().value())
        .replace("%3$s", tags);
  }

  private static Map<String, String> tags(String environment) {
    return Map.of(ResourceNames.DEPLOYMENT_TAG, "chat", ResourceNames.ENVIRONMENT_TAG, environment);
  }

  /** Puts a small object into the store. */
  public void put(String key) {
    cloud.bucket(BUCKET).put(key, key.getBytes(StandardCharsets.UTF_8), "text/plain");
  }

  /** Begins to make a stack, or to change it. */
  public void begin(String stack, String template, String environment) {
    boolean create = cloud.stacks().find(stack).isEmpty();
    String change = create ? "create" : "update";
    cloud
        .stacks()
        .propose(
            new Stacks.Proposal(
                stack,
                change,
                create,
                new Stacks.Template.Body(template),
                Map.of(),
                tags(environment),
                ""));
    while (cloud.stacks().changeSet(stack, change).orElseThrow().status().contains("_P")
        || cloud.stacks().changeSet(stack, change).orElseThrow().status().contains("PROGRESS")) {
      pace.pause(Duration.ofSeconds(1));
    }
    cloud.stacks().execute(stack, change, "token-" + pace.now().toEpochMilli());
  }

  private void apply(String stack, String template, String environment) {
    begin(stack, template, environment);
    while (status(stack).busy()) {
      pace.pause(Duration.ofSeconds(10));
    }
    if (status(stack) != StackStatus.CREATE_COMPLETE) {
      throw new AssertionError(cloud.stacks().events(stack, java.util.Optional.empty()));
    }
  }

  private StackStatus status(String stack) {
    return cloud.stacks().find(stack).orElseThrow().status();
  }

  /** Lists what there is in the account, as the services say it and not as a survey does. */
  public List<String> everything() {
    List<String> all = new ArrayList<>();
    cloud.stacks().tagged(Map.of()).forEach(stack -> all.add("stack " + stack.name()));
    for (Hosting.Kind kind : Hosting.Kind.values()) {
      cloud.hosting().list(kind, "").forEach(one -> all.add(kind + " " + one.name()));
    }
    cloud.alarms().startingWith("").forEach(alarm -> all.add("alarm " + alarm.name()));
    cloud.logs().groups("").forEach(group -> all.add("logs " + group));
    cloud
        .scaling()
        .targets(List.of("endpoint/chat/variant/main", "endpoint/chat-prod/variant/main"))
        .forEach(target -> all.add("target " + target.resource()));
    cloud.images().digests("chat").forEach(image -> all.add("image " + image));
    try (Bucket bucket = cloud.bucket(BUCKET)) {
      if (simulation.objects().exists(BUCKET)) {
        all.add("bucket " + BUCKET);
        bucket.list("").forEach(item -> all.add("object " + item.key()));
        bucket.uploads("").forEach(upload -> all.add("upload " + upload.key()));
      }
    }
    return all;
  }

  /** Returns whether the endpoint of an environment is there. */
  public boolean serves(String environment) {
    return cloud
        .hosting()
        .endpoint(new EndpointName(names(environment).endpoint().value()))
        .isPresent();
  }
}
