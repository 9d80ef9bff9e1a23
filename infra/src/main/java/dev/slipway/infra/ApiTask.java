package dev.slipway.infra;

import dev.slipway.manifest.ApiSpec;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Templates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.CfnDeletionPolicy;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.services.ecs.CfnTaskDefinition;
import software.constructs.Construct;

/**
 * One task: one container, which is nobody in particular and writes to {@code /tmp} alone.
 *
 * <p>It runs on x86-64. Arm would cost a fifth less, but what is native in the image (ONNX Runtime,
 * the tokenizers, SQLite) is only tested on x86-64.
 */
final class ApiTask extends Construct {
  /** A user that no image has: it owns nothing, and can do what all may. */
  private static final String NOBODY = "10001:10001";

  private static final String CONTAINER = "service";
  private static final String SCRATCH = "tmp";

  /** The service ends within 30 s of SIGTERM; then it is killed. */
  private static final int STOP_SECONDS = 40;

  /** Each stream is a connection in and one out. */
  private static final int OPEN_FILES = 65_536;

  private static final long MIB = 1L << 20;

  private final CfnTaskDefinition definition;

  ApiTask(
      Construct scope,
      String id,
      Blueprint blueprint,
      Blueprint.Service service,
      ApiRoles roles,
      ApiLog log) {
    super(scope, id);
    ApiSpec.Fargate size = service.fargate();
    CfnTaskDefinition.Builder builder =
        CfnTaskDefinition.Builder.create(this, "Definition")
            .family(blueprint.names().serviceStack())
            .requiresCompatibilities(List.of("FARGATE"))
            .networkMode("awsvpc")
            .cpu(Integer.toString(size.cpu()))
            .memory(Long.toString(size.memoryBytes() / MIB))
            .runtimePlatform(
                CfnTaskDefinition.RuntimePlatformProperty.builder()
                    .cpuArchitecture("X86_64")
                    .operatingSystemFamily("LINUX")
                    .build())
            .taskRoleArn(roles.task())
            .executionRoleArn(roles.execution())
            .volumes(List.of(CfnTaskDefinition.VolumeProperty.builder().name(SCRATCH).build()))
            .containerDefinitions(List.of(container(service, log)));
    service
        .model()
        .flatMap(model -> model.diskGib().stream().boxed().findFirst())
        .ifPresent(
            gib ->
                builder.ephemeralStorage(
                    CfnTaskDefinition.EphemeralStorageProperty.builder().sizeInGiB(gib).build()));
    definition = builder.build();
    definition.overrideLogicalId("TaskDefinition");
    definition.getCfnOptions().setUpdateReplacePolicy(CfnDeletionPolicy.DELETE);
  }

  String arn() {
    return definition.getRef();
  }

  static String container() {
    return CONTAINER;
  }

  private static CfnTaskDefinition.ContainerDefinitionProperty container(
      Blueprint.Service service, ApiLog log) {
    CfnTaskDefinition.ContainerDefinitionProperty.Builder builder =
        CfnTaskDefinition.ContainerDefinitionProperty.builder()
            .name(CONTAINER)
            .image(Fn.ref(Templates.IMAGE_PARAMETER))
            .essential(true)
            .command(command(service))
            .environment(environment())
            .user(NOBODY)
            .readonlyRootFilesystem(true)
            .privileged(false)
            .linuxParameters(
                CfnTaskDefinition.LinuxParametersProperty.builder()
                    .capabilities(
                        CfnTaskDefinition.KernelCapabilitiesProperty.builder()
                            .drop(List.of("ALL"))
                            .build())
                    .build())
            .mountPoints(
                List.of(
                    CfnTaskDefinition.MountPointProperty.builder()
                        .sourceVolume(SCRATCH)
                        .containerPath("/tmp")
                        .readOnly(false)
                        .build()))
            .portMappings(
                List.of(
                    CfnTaskDefinition.PortMappingProperty.builder()
                        .containerPort(service.port())
                        .protocol("tcp")
                        .build()))
            .ulimits(
                List.of(
                    CfnTaskDefinition.UlimitProperty.builder()
                        .name("nofile")
                        .softLimit(OPEN_FILES)
                        .hardLimit(OPEN_FILES)
                        .build()))
            .stopTimeout(STOP_SECONDS)
            .logConfiguration(
                CfnTaskDefinition.LogConfigurationProperty.builder()
                    .logDriver("awslogs")
                    .options(
                        Map.of(
                            "awslogs-group",
                            log.name(),
                            "awslogs-region",
                            Fn.ref("AWS::Region"),
                            "awslogs-stream-prefix",
                            CONTAINER,
                            // A log that is slow must not make answers slow.
                            "mode",
                            "non-blocking"))
                    .build());
    if (!service.secrets().isEmpty()) {
      builder.secrets(secrets(service));
    }
    return builder.build();
  }

  /** What follows the image's entry point, which is {@code slipway serve} with its manifest. */
  private static List<String> command(Blueprint.Service service) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("--listen", "0.0.0.0", "--port", Integer.toString(service.port())));
    if (service.indexed()) {
      command.addAll(
          List.of(
              "--index",
              Fn.sub(
                  "s3://${"
                      + Templates.BUCKET_PARAMETER
                      + "}/${"
                      + Templates.INDEX_PARAMETER
                      + "}")));
    }
    return command;
  }

  private static List<Object> environment() {
    Map<String, String> variables = new TreeMap<>();
    variables.put("AWS_REGION", Fn.ref("AWS::Region"));
    variables.put("SLIPWAY_HOME", "/tmp/slipway");
    variables.put("SLIPWAY_BUCKET", Fn.ref(Templates.BUCKET_PARAMETER));
    List<Object> list = new ArrayList<>();
    variables.forEach(
        (name, value) ->
            list.add(
                CfnTaskDefinition.KeyValuePairProperty.builder().name(name).value(value).build()));
    return list;
  }

  private static List<Object> secrets(Blueprint.Service service) {
    List<Object> list = new ArrayList<>();
    new TreeMap<>(service.secrets())
        .forEach(
            (variable, name) ->
                list.add(
                    CfnTaskDefinition.SecretProperty.builder()
                        .name(variable)
                        .valueFrom(Fn.sub(ApiRoles.secret(name)))
                        .build()));
    return list;
  }
}
