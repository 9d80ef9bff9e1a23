package dev.slipway.aws;

import dev.slipway.deploy.cloud.ContainerServices;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.Container;
import software.amazon.awssdk.services.ecs.model.Deployment;
import software.amazon.awssdk.services.ecs.model.DesiredStatus;
import software.amazon.awssdk.services.ecs.model.ListTasksResponse;
import software.amazon.awssdk.services.ecs.model.Task;

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
    return failures
        .find(
            new Ask(
                "Cannot describe the service \"" + arn + "\"",
                "ecs:DescribeServices",
                "service \"" + arn + "\""),
            () ->
                client
                    .get()
                    .describeServices(request -> request.cluster(cluster(arn)).services(arn)))
        .flatMap(answer -> answer.services().stream().findFirst())
        .map(AwsServices::service);
  }

  @Override
  public List<Stop> stops(String arn) {
    String what = "service \"" + arn + "\"";
    String cannot = "Cannot see the stopped tasks of the " + what;
    List<String> tasks =
        failures
            .find(
                new Ask(cannot, "ecs:ListTasks", what),
                () ->
                    client
                        .get()
                        .listTasks(
                            request ->
                                request
                                    .cluster(cluster(arn))
                                    .serviceName(arn)
                                    .desiredStatus(DesiredStatus.STOPPED)))
            .map(ListTasksResponse::taskArns)
            .orElse(List.of());
    if (tasks.isEmpty()) {
      return List.of();
    }
    return failures
        .find(
            new Ask(cannot, "ecs:DescribeTasks", what),
            () -> client.get().describeTasks(request -> request.cluster(cluster(arn)).tasks(tasks)))
        .stream()
        .flatMap(answer -> answer.tasks().stream())
        .map(AwsServices::stop)
        .sorted(Comparator.comparing(Stop::at).reversed())
        .toList();
  }

  private static String cluster(String arn) {
    String[] path = arn.substring(arn.indexOf(":service/") + 1).split("/", -1);
    return path.length == 3 ? path[1] : "default";
  }

  private static Stop stop(Task task) {
    List<String> said = new ArrayList<>();
    Optional.ofNullable(task.stoppedReason()).ifPresent(said::add);
    for (Container container : task.containers()) {
      Optional.ofNullable(container.reason()).filter(it -> !said.contains(it)).ifPresent(said::add);
      Optional.ofNullable(container.exitCode()).ifPresent(code -> said.add("exit code " + code));
    }
    return new Stop(
        Optional.ofNullable(task.stoppedAt())
            .or(() -> Optional.ofNullable(task.stoppingAt()))
            .orElse(Instant.EPOCH),
        String.join("; ", said));
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
