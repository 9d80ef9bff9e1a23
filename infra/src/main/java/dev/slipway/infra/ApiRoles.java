package dev.slipway.infra;

import dev.slipway.manifest.EndpointSpec;
import dev.slipway.plan.Blueprint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import software.amazon.awscdk.services.iam.CfnRole;
import software.constructs.Construct;

/**
 * Two roles: what the service itself may do, and what ECS may do to start it. The service can read
 * the secret with the hashes of its API keys, because it looks for new and revoked keys while it
 * runs; any other secret is handed to it at its start, and it has no right to read that.
 */
final class ApiRoles extends Construct {
  private static final String HERE = "${AWS::Region}:${AWS::AccountId}";
  private static final String BUCKET = "arn:${AWS::Partition}:s3:::${StoreBucket}";

  private final CfnRole task;
  private final CfnRole execution;

  ApiRoles(Construct scope, String id, Blueprint blueprint, Blueprint.Service service, ApiLog log) {
    super(scope, id);
    task =
        role(
            "Task",
            "What the service of " + blueprint.names().endpoint().value() + " may do",
            serving(blueprint, service));
    execution =
        role(
            "Execution",
            "What ECS may do to start the service of " + blueprint.names().endpoint().value(),
            starting(blueprint, service, log));
  }

  private CfnRole role(String which, String about, List<Statement> statements) {
    CfnRole role =
        CfnRole.Builder.create(this, which)
            .description(about)
            .assumeRolePolicyDocument(
                Statement.document(
                    List.of(
                        Statement.allow("Tasks", "sts:AssumeRole")
                            .by(Map.of("Service", "ecs-tasks.amazonaws.com"))
                            // Tasks of another account can't have ECS take it on for them.
                            .when("StringEquals", "aws:SourceAccount", Statement.account()))))
            .policies(
                List.of(
                    CfnRole.PolicyProperty.builder()
                        .policyName("service")
                        .policyDocument(Statement.document(statements))
                        .build()))
            .build();
    role.overrideLogicalId(which + "Role");
    return role;
  }

  String task() {
    return task.getAttrArn();
  }

  String execution() {
    return execution.getAttrArn();
  }

  private static List<Statement> serving(Blueprint blueprint, Blueprint.Service service) {
    var statements = new ArrayList<Statement>();
    Optional<EndpointSpec> asked = blueprint.endpoint().map(Blueprint.Endpoint::spec);
    asked.ifPresent(spec -> asking(blueprint, service, spec, statements));
    if (service.indexed()) {
      statements.add(own("ReadIndex", blueprint.names().indexPrefix(), "s3:GetObject"));
    }
    statements.add(
        own(
            "KeepJobs",
            blueprint.names().jobsPrefix(),
            "s3:DeleteObject",
            "s3:GetObject",
            "s3:PutObject"));
    var listed = new TreeSet<String>(List.of(blueprint.names().jobsPrefix() + "*"));
    if (asked.orElse(null) instanceof EndpointSpec.Async async) {
      exchanging(blueprint, async, statements);
      listed.add(blueprint.names().asyncPrefix() + "*");
    }
    // Without it an answer that isn't there yet reads like one that may not be read.
    statements.add(
        Statement.allow("ListOwn", "s3:ListBucket")
            .on(Statement.sub(BUCKET))
            .when("StringLike", "s3:prefix", List.copyOf(listed))
            .when("StringEquals", "aws:ResourceAccount", Statement.account()));
    service.keys().ifPresent(name -> statements.add(secrets("ReadKeys", List.of(name))));
    return statements;
  }

  private static void asking(
      Blueprint blueprint,
      Blueprint.Service service,
      EndpointSpec spec,
      List<Statement> statements) {
    String sageMaker = "arn:${AWS::Partition}:sagemaker:" + HERE + ":";
    var asked = new ArrayList<Object>();
    service.endpoints().forEach(name -> asked.add(Statement.sub(sageMaker + "endpoint/" + name)));
    blueprint
        .names()
        .component()
        .ifPresent(name -> asked.add(Statement.sub(sageMaker + "inference-component/" + name)));
    var actions =
        new ArrayList<>(
            List.of("sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"));
    if (spec instanceof EndpointSpec.Async) {
      actions.add("sagemaker:InvokeEndpointAsync");
    }
    statements.add(
        Statement.allow("AskEndpoint", actions.toArray(String[]::new)).on(asked.toArray()));
  }

  private static void exchanging(
      Blueprint blueprint, EndpointSpec.Async async, List<Statement> statements) {
    statements.add(
        own(
            "ExchangeAnswers",
            blueprint.names().asyncPrefix(),
            "s3:DeleteObject",
            "s3:GetObject",
            "s3:PutObject"));
    async
        .output()
        .ifPresent(
            uri -> {
              String place = uri.substring("s3://".length());
              String below = place.endsWith("/") ? place : place + "/";
              statements.add(
                  Statement.allow("ReadAnswers", "s3:GetObject")
                      .on(Statement.sub("arn:${AWS::Partition}:s3:::" + below + "*")));
            });
    async
        .hosting()
        .kmsKey()
        .ifPresent(
            key ->
                statements.add(
                    KmsKey.of(key).restrict(Statement.allow("DecryptAnswers", "kms:Decrypt"))));
  }

  private static List<Statement> starting(
      Blueprint blueprint, Blueprint.Service service, ApiLog log) {
    var statements = new ArrayList<Statement>();
    statements.add(Statement.allow("EcrLogin", "ecr:GetAuthorizationToken").on("*"));
    statements.add(
        Statement.allow(
                "PullImage",
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer")
            .on(
                Statement.sub(
                    "arn:${AWS::Partition}:ecr:"
                        + HERE
                        + ":repository/"
                        + blueprint.names().repository())));
    statements.add(
        Statement.allow("WriteLogs", "logs:CreateLogStream", "logs:PutLogEvents").on(log.arn()));
    if (!service.secrets().isEmpty()) {
      statements.add(secrets("HandSecrets", new TreeSet<>(service.secrets().values())));
    }
    return statements;
  }

  private static Statement secrets(String id, Collection<String> names) {
    return Statement.allow(id, "secretsmanager:GetSecretValue")
        .on(
            names.stream()
                // Secrets Manager puts a hyphen and six characters of its own after a name.
                .map(name -> Statement.sub(secret(name) + "-??????"))
                .toArray());
  }

  /** Returns a secret's ARN without what Secrets Manager puts after its name. */
  static String secret(String name) {
    return "arn:${AWS::Partition}:secretsmanager:" + HERE + ":secret:" + name;
  }

  private static Statement own(String id, String prefix, String... actions) {
    return Statement.allow(id, actions)
        .on(Statement.sub(BUCKET + "/" + prefix + "*"))
        .when("StringEquals", "aws:ResourceAccount", Statement.account());
  }
}
