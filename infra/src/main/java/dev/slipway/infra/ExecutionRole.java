package dev.slipway.infra;

import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Hosting.Network;
import dev.slipway.plan.ResourceNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awscdk.services.iam.CfnRole;
import software.constructs.Construct;

/** The role that SageMaker takes on for the endpoint: it may do what this one needs, no more. */
final class ExecutionRole extends Construct {
  private static final String BUCKET = "arn:${AWS::Partition}:s3:::${StoreBucket}";
  private static final String ACCOUNT = "${AWS::Region}:${AWS::AccountId}";

  private final CfnRole role;

  /**
   * Declares the role.
   *
   * @param topics that results are told to
   * @param alarms whose state decides about an update
   */
  ExecutionRole(
      Construct scope, String id, Hosted hosted, List<String> topics, List<String> alarms) {
    super(scope, id);
    role =
        CfnRole.Builder.create(this, "Role")
            .description("What the endpoint " + hosted.names().endpoint().value() + " may do")
            .assumeRolePolicyDocument(
                Statement.document(
                    List.of(
                        Statement.allow("SageMaker", "sts:AssumeRole")
                            .by(Map.of("Service", "sagemaker.amazonaws.com")))))
            // Inside the role, not beside it: a model is never made before its role may read it.
            .policies(
                List.of(
                    CfnRole.PolicyProperty.builder()
                        .policyName("endpoint")
                        .policyDocument(Statement.document(statements(hosted, topics, alarms)))
                        .build()))
            .build();
    role.overrideLogicalId("ExecutionRole");
  }

  String arn() {
    return role.getAttrArn();
  }

  private static List<Statement> statements(
      Hosted hosted, List<String> topics, List<String> alarms) {
    var statements = new ArrayList<Statement>();
    reading(statements);
    pulling(hosted, statements);
    telling(hosted, alarms, statements);
    hosted.spec().hosting().kmsKey().ifPresent(key -> encrypting(key, statements));
    if (hosted.spec().hosting().capturePercent() > 0) {
      statements.add(own("Capture", "s3:PutObject", hosted.names().capturePrefix() + "*"));
    }
    if (hosted.spec() instanceof EndpointSpec.Async async) {
      answering(hosted.names(), async, topics, statements);
    }
    Network network = hosted.spec().hosting().network();
    if (!network.subnets().isEmpty()) {
      networking(network, statements);
    }
    return statements;
  }

  /**
   * All of the deployment's models, not just the newest: an update that is rolled back starts
   * containers of the one before it, after this role has changed.
   */
  private static void reading(List<Statement> statements) {
    statements.add(own("ReadModels", "s3:GetObject", ResourceNames.modelsPrefix() + "*"));
    statements.add(listing("ListModels", ResourceNames.modelsPrefix() + "*"));
  }

  private static Statement own(String id, String action, String keys) {
    return Statement.allow(id, action)
        .on(Statement.sub(BUCKET + "/" + keys))
        // A bucket of this name in another account is not the one that is meant.
        .when("StringEquals", "aws:ResourceAccount", Statement.account());
  }

  private static Statement listing(String id, String prefix) {
    return Statement.allow(id, "s3:ListBucket")
        .on(Statement.sub(BUCKET))
        .when("StringLike", "s3:prefix", prefix)
        .when("StringEquals", "aws:ResourceAccount", Statement.account());
  }

  private static void pulling(Hosted hosted, List<Statement> statements) {
    Optional<String> repository = ImageUri.repositoryArn(hosted.container().image());
    if (repository.isEmpty()) {
      return;
    }
    // The login to ECR is of the account; IAM knows no narrower resource for it.
    statements.add(Statement.allow("EcrLogin", "ecr:GetAuthorizationToken").on("*"));
    statements.add(
        Statement.allow(
                "PullImage",
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetDownloadUrlForLayer")
            .on(Statement.sub(repository.get())));
  }

  private static void telling(Hosted hosted, List<String> alarms, List<Statement> statements) {
    var groups = new ArrayList<Object>();
    String endpoint = "/aws/sagemaker/Endpoints/" + hosted.names().endpoint().value();
    for (String group : List.of(endpoint, hosted.names().logGroup())) {
      Object arn =
          Statement.sub("arn:${AWS::Partition}:logs:" + ACCOUNT + ":log-group:" + group + ":*");
      if (!groups.contains(arn)) {
        groups.add(arn);
      }
    }
    statements.add(
        Statement.allow(
                "WriteLogs",
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents")
            .on(groups.toArray()));
    // Metrics have no resources; the namespace is what can be narrowed.
    statements.add(
        Statement.allow("WriteMetrics", "cloudwatch:PutMetricData")
            .on("*")
            .when(
                "StringLike",
                "cloudwatch:namespace",
                List.of("AWS/SageMaker", "/aws/sagemaker/*")));
    if (!alarms.isEmpty()) {
      statements.add(
          Statement.allow("WatchAlarms", "cloudwatch:DescribeAlarms")
              .on(
                  alarms.stream()
                      .map(
                          name ->
                              Statement.sub(
                                  "arn:${AWS::Partition}:cloudwatch:" + ACCOUNT + ":alarm:" + name))
                      .toArray()));
    }
  }

  private static void encrypting(String name, List<Statement> statements) {
    KmsKey key = KmsKey.of(name);
    statements.add(
        key.restrict(
            Statement.allow("UseKey", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")));
    statements.add(
        key.restrict(Statement.allow("LendKey", "kms:CreateGrant"))
            .when("Bool", "kms:GrantIsForAWSResource", "true"));
  }

  private static void answering(
      ResourceNames names,
      EndpointSpec.Async async,
      List<String> topics,
      List<Statement> statements) {
    statements.add(own("ReadRequests", "s3:GetObject", names.asyncPrefix() + "*"));
    statements.add(listing("ListRequests", names.asyncPrefix() + "*"));
    Statement answers = Statement.allow("WriteAnswers", "s3:AbortMultipartUpload", "s3:PutObject");
    statements.add(
        async
            .output()
            .map(uri -> answers.on(Statement.sub("arn:${AWS::Partition}:s3:::" + place(uri) + "*")))
            .orElseGet(
                () ->
                    answers
                        .on(Statement.sub(BUCKET + "/" + names.asyncPrefix() + "*"))
                        .when("StringEquals", "aws:ResourceAccount", Statement.account())));
    statements.add(Statement.allow("Notify", "sns:Publish").on(topics.toArray()));
  }

  private static String place(String uri) {
    String place = uri.substring("s3://".length());
    return place.endsWith("/") ? place : place + "/";
  }

  private static void networking(Network network, List<Statement> statements) {
    String ec2 = "arn:${AWS::Partition}:ec2:" + ACCOUNT + ":";
    var made = new ArrayList<Object>();
    made.add(Statement.sub(ec2 + "network-interface/*"));
    network.subnets().forEach(subnet -> made.add(Statement.sub(ec2 + "subnet/" + subnet)));
    network
        .securityGroups()
        .forEach(group -> made.add(Statement.sub(ec2 + "security-group/" + group)));
    statements.add(Statement.allow("JoinNetwork", "ec2:CreateNetworkInterface").on(made.toArray()));
    // Not narrowed to these subnets: after a move to others, interfaces in the old ones still go.
    statements.add(
        Statement.allow(
                "LeaveNetwork",
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission")
            .on(Statement.sub(ec2 + "network-interface/*")));
    // EC2 knows no resources for what only describes.
    statements.add(
        Statement.allow(
                "LookAtNetwork",
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs")
            .on("*"));
  }
}
