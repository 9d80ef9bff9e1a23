package dev.slipway.aws;

import dev.slipway.deploy.cloud.ContainerServices;
import java.util.Optional;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.Deployment;

/** ECS's services. */
final class AwsServices implements ContainerServices {
  private final Lazy<EcsClient> client;
  private final CloudFailures failures;

  AwsServices(Lazy<EcsClient> client, CloudFailures failures) {
    this.client = client;
    this.failures = failures;
  }

  @Override
  public Optional<Service> find(String arn) {
    String[] path = arn.substring(arn.indexOf(":service/") + 1).split("/", -1);
    String cluster = path.length == 3 ? path[1] : "default";
    return failures
        .find(
            new Ask(
                "Cannot describe the service \"" + arn + "\"",
                "ecs:DescribeServices",
                "service \"" + arn + "\""),
            () -> client.get().describeServices(request -> request.cluster(cluster).services(arn)))
        .flatMap(answer -> answer.services().stream().findFirst())
        .map(AwsServices::service);
  }

  private static Service service(software.amazon.awssdk.services.ecs.model.Service said) {
    Optional<Deployment> newest =
        said.deployments().stream()
            .filter(deployment -> "PRIMARY".equals(deployment.status()))
            .findFirst();
    return new Service(
        said.status(),
        said.runningCount() == null ? 0 : said.runningCount(),
        said.desiredCount() == null ? 0 : said.desiredCount(),
        new Rollout(
            newest.map(Deployment::rolloutStateAsString).orElse(""),
            newest.map(Deployment::rolloutStateReason)),
        said.events().stream()
            .map(event -> new Event(event.id(), event.createdAt(), event.message()))
            .toList());
  }
}
