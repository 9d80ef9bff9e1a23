package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.Hosting;
import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.manifest.Manifest;
import dev.slipway.manifest.ManifestReader;
import dev.slipway.model.ModelFacts;
import dev.slipway.model.ModelFile;
import dev.slipway.model.ModelRegistry;
import dev.slipway.model.ModelSpec;
import dev.slipway.model.Snapshot;
import dev.slipway.model.TransferProgress;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.model.mirror.MirrorManifest;
import dev.slipway.plan.AnsweringModel;
import dev.slipway.plan.Finding;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.Templates;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.FakeCloud;
import dev.slipway.standin.hosting.MemoryHouse;
import dev.slipway.standin.kernel.VirtualPace;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A simulated region, and what a deployer needs to work in it. */
public final class Rig {
  static final String STORE = "slipway-chat-store";
  static final String ENDPOINT = "slipway-chat-endpoint";

  final VirtualPace pace = new VirtualPace();
  final CloudSimulation simulation = new CloudSimulation(pace);
  final FakeCloud cloud = new FakeCloud(simulation);
  final List<DeployEvent> events = new ArrayList<>();
  final Set<Long> dead = new HashSet<>();
  final Path folder;

  Cloud used = cloud;
  Pace clock = pace;
  String template = endpointTemplate("ml.g5.xlarge", "one", "");
  String manifestMore = "";
  Optional<String> service = Optional.empty();
  String imageTag = "v1";
  int pushes;
  Runnable pushed = () -> {};
  Runnable probed = () -> {};
  ServiceProbe.Reach reach = ServiceProbe.Reach.UNREACHABLE;
  private final Map<String, Manifest> manifests = new HashMap<>();
  List<Finding> findings = List.of();
  Intervention intervention = Intervention.none();
  long process = 1;
  String commit = "c0ffee";
  List<String> files = List.of("model.safetensors");
  String name = "chat";
  Optional<String> environment = Optional.empty();

  Rig(Path folder) {
    this.folder = folder;
    simulation.conditions().creating(Duration.ofSeconds(6));
    simulation.conditions().updating(Duration.ofSeconds(6));
    simulation.conditions().starting(Duration.ofSeconds(6));
  }

  Manifest manifest() {
    return manifests.computeIfAbsent(name + environment + manifestMore, _ -> read(manifestMore));
  }

  private Manifest read(String more) {
    return new ManifestReader()
        .read(
            "name: " + name + "\nmodel: {source: \"hf://org/name\"}\n" + more,
            "slipway.yaml",
            folder,
            environment,
            _ -> Optional.empty());
  }

  ResourceNames names() {
    return ResourceNames.of(manifest());
  }

  Path lockFile() {
    return folder.resolve("slipway.lock");
  }

  Collaborators collaborators() {
    return new Collaborators(
        used,
        registry(),
        (manifest, _, _) ->
            new Templates(
                storeTemplate(),
                Optional.of(template).filter(_ -> !AnsweringModel.of(manifest).beside()),
                service),
        _ -> java.util.OptionalDouble.empty(),
        (_, _, _) -> findings,
        Rig::copy,
        new ServiceSupply(image(), _ -> folder.resolve("index"), this::probe),
        presence(),
        (_, _) -> () -> {},
        clock,
        intervention,
        events::add);
  }

  /** Makes images that are a digest of their tag. */
  private ServiceImage image() {
    return new ServiceImage() {
      @Override
      public String tag(Manifest manifest) {
        return imageTag;
      }

      @Override
      public String push(Manifest manifest, String repository) {
        pushes++;
        pushed.run();
        String digest = digest(imageTag);
        String name = repository.substring(repository.indexOf('/') + 1);
        simulation.with(now -> now.images().push(name, digest, imageTag));
        return digest;
      }
    };
  }

  static String digest(String tag) {
    return "sha256:"
        + java.util.HexFormat.of().formatHex(bytes((tag + "x".repeat(32)).substring(0, 32)));
  }

  private ServiceProbe.Answer probe(Manifest manifest, java.net.URI url) {
    probed.run();
    return new ServiceProbe.Answer(reach, url + " was looked at");
  }

  private static void copy(
      Snapshot snapshot, Bucket bucket, String prefix, TransferProgress progress) {
    snapshot
        .files()
        .forEach(file -> bucket.put(prefix + file.path(), new byte[] {1}, "application/binary"));
    bucket.put(MirrorManifest.key(prefix), bytes("{}"), "application/json");
  }

  Deployment deploy() {
    return new Deployer(collaborators()).deploy(manifest(), lockFile());
  }

  /** Deploys as another process. */
  Deployment deployAnew() {
    process++;
    used = cloud;
    return deploy();
  }

  private Presence presence() {
    Presence.Running here = new Presence.Running("laptop", "boot", process, "then");
    return new Presence() {
      @Override
      public Running here() {
        return here;
      }

      @Override
      public boolean gone(Running other) {
        return dead.contains(other.pid());
      }
    };
  }

  private ModelRegistry registry() {
    return new ModelRegistry() {
      @Override
      public Snapshot resolve(ModelSpec model, Path base, Optional<String> pinned) {
        return new Snapshot(
            model.source(),
            pinned.orElse(commit),
            files.stream().map(file -> new ModelFile(file, 1, "0".repeat(64))).toList(),
            new ModelFacts(
                Optional.of("LlamaForCausalLM"),
                java.util.OptionalLong.of(1),
                Optional.of("bfloat16"),
                java.util.OptionalInt.of(4096)),
            base);
      }

      @Override
      public Snapshot fetch(Snapshot snapshot, TransferProgress progress) {
        return snapshot;
      }
    };
  }

  Bucket bucket() {
    return cloud.bucket(
        cloud
            .stacks()
            .find(STORE)
            .map(StackOutputs::new)
            .flatMap(StackOutputs::bucket)
            .orElseThrow(AssertionError::new));
  }

  List<Revision> history() {
    return new Revisions(bucket(), names().revisionsPrefix()).history();
  }

  Stack stack() {
    return cloud.stacks().find(ENDPOINT).orElseThrow(AssertionError::new);
  }

  Hosting.Endpoint endpoint() {
    return cloud.hosting().endpoint(names().endpoint()).orElseThrow(AssertionError::new);
  }

  /** Says everything that a user could see of the cloud, but for times and random names. */
  Map<String, String> state() {
    Map<String, String> state = new TreeMap<>();
    simulation.with(
        now -> {
          for (Stack stack : now.stacks().all()) {
            state.put(
                stack.name(),
                stack.status()
                    + " "
                    + stack.tags()
                    + " "
                    + now.stacks().template(stack.name()).hashCode());
          }
          for (Hosting.Kind kind : Hosting.Kind.values()) {
            state.put(kind.name(), Integer.toString(now.hosting().list(kind, "").size()));
          }
          now.hosting()
              .endpoint(names().endpoint())
              .ifPresent(
                  endpoint -> {
                    state.put("endpoint", endpoint.status());
                    boolean asked =
                        new StackOutputs(now.stacks().find(ENDPOINT).orElseThrow())
                            .config()
                            .equals(Optional.of(endpoint.config()));
                    state.put("config", asked ? "as asked" : "another");
                  });
        });
    MemoryHouse house = (MemoryHouse) simulation.objects();
    house.names().forEach(bucket -> state.put("objects", house.keys(bucket).toString()));
    history()
        .forEach(
            revision ->
                state.put(
                    "revision " + revision.number(),
                    revision.state()
                        + " "
                        + (revision.config() != null)
                        + " "
                        + (revision.service() == null ? "" : revision.service().parameters())));
    return state;
  }

  List<String> notes() {
    return events.stream()
        .flatMap(
            event ->
                event instanceof DeployEvent.Note note
                    ? java.util.stream.Stream.of(note.text())
                    : java.util.stream.Stream.empty())
        .toList();
  }

  /** Returns a store of one bucket. */
  public static String storeTemplate() {
    return """
    {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"},
                   "Repository": {"Type": "AWS::ECR::Repository",
                    "Properties": {"RepositoryName": "slipway-chat-store"}}},
     "Outputs": {"BucketName": {"Value": {"Ref": "Bucket"}},
                 "RepositoryName": {"Value": {"Ref": "Repository"}}}}
    """;
  }

  /** Returns a template of a business layer on ECS, of which a variable has a value. */
  public static String serviceTemplate(String variable) {
    return """
    {"Parameters": {"StoreBucket": {"Type": "String"}, "ServiceImage": {"Type": "String"},
                    "IndexSnapshot": {"Type": "String"}},
     "Resources": {
      "Cluster": {"Type": "AWS::ECS::Cluster"},
      "LogGroup": {"Type": "AWS::Logs::LogGroup",
       "Properties": {"LogGroupName": "/slipway/chat/api"}},
      "LoadBalancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer"},
      "TaskDefinition": {"Type": "AWS::ECS::TaskDefinition", "Properties": {
       "Cpu": "1024", "Memory": "4096", "ContainerDefinitions": [{
        "LogConfiguration": {"Options": {"awslogs-group": {"Ref": "LogGroup"}}},
        "Image": {"Ref": "ServiceImage"}, "Environment": [{"Name": "A", "Value": "%s"}],
        "Command": [{"Fn::Sub": "s3://${StoreBucket}/${IndexSnapshot}"}]}]}},
      "ErrorsAlarm": {"Type": "AWS::CloudWatch::Alarm",
       "Properties": {"AlarmName": "slipway-chat-api-errors"}},
      "Service": {"Type": "AWS::ECS::Service", "Properties": {
       "Cluster": {"Ref": "Cluster"}, "TaskDefinition": {"Ref": "TaskDefinition"}}}},
     "Outputs": {
      "Url": {"Value": {"Fn::Sub": "http://${LoadBalancer.DNSName}"}},
      "ServiceName": {"Value": {"Fn::GetAtt": ["Service", "Name"]}}}}
    """
        .formatted(variable);
  }

  /**
   * Returns a template of an endpoint.
   *
   * @param variable the value of the container's variable
   * @param more further resources, each beginning with a comma
   */
  public static String endpointTemplate(String instance, String variable, String more) {
    return """
    {"Parameters": {"StoreBucket": {"Type": "String"}},
     "Resources": {
      "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
      "Model": {"Type": "AWS::SageMaker::Model", "UpdateReplacePolicy": "Retain", "Properties": {
       "ExecutionRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
       "PrimaryContainer": {"Image": "i", "Environment": {"A": "%2$s"}},
       "Tags": [{"Key": "slipway:deployment", "Value": "chat"},
                {"Key": "slipway:environment", "Value": "default"}]}},
      "Config": {"Type": "AWS::SageMaker::EndpointConfig", "UpdateReplacePolicy": "Retain",
       "Properties": {"ProductionVariants": [
        {"VariantName": "main", "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
         "InstanceType": "%1$s", "InitialInstanceCount": 1}],
       "Tags": [{"Key": "slipway:deployment", "Value": "chat"},
                {"Key": "slipway:environment", "Value": "default"}]}},
      "Endpoint": {"Type": "AWS::SageMaker::Endpoint", "Properties": {
       "EndpointName": "chat", "RetainAllVariantProperties": true,
       "EndpointConfigName": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}}}%3$s},
     "Outputs": {
      "EndpointName": {"Value": {"Fn::GetAtt": ["Endpoint", "EndpointName"]}},
      "EndpointConfigName": {"Value": {"Fn::GetAtt": ["Config", "EndpointConfigName"]}},
      "ModelName": {"Value": {"Fn::GetAtt": ["Model", "ModelName"]}}}}
    """
        .formatted(instance, variable, more);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  Instant now() {
    return pace.now();
  }
}
