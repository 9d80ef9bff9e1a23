package dev.slipway.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.deploy.cloud.ContainerServices.Event;
import dev.slipway.deploy.cloud.ContainerServices.Service;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every cloud does with services on ECS, and with the images that they run. */
public abstract class ServicesContract extends CloudContract {

  /** Puts an image into a repository under a tag; returns its digest. */
  protected abstract String push(String repository, String tag);

  private String serving() {
    applied(
        "first",
        true,
        """
        {"Parameters": {"Purpose": {"Type": "String"}},
         "Resources": {
          "Cluster": {"Type": "AWS::ECS::Cluster"},
          "TaskDefinition": {"Type": "AWS::ECS::TaskDefinition", "Properties": {
           "Family": "%1$s", "Cpu": "256", "Memory": "512", "NetworkMode": "awsvpc",
           "RequiresCompatibilities": ["FARGATE"],
           "ContainerDefinitions": [{"Name": "service", "Image": "%1$s:1", "Memory": 512}]}},
          "Service": {"Type": "AWS::ECS::Service", "Properties": {
           "Cluster": {"Ref": "Cluster"}, "TaskDefinition": {"Ref": "TaskDefinition"},
           "LaunchType": "FARGATE", "DesiredCount": 2}}}}
        """
            .formatted(name));
    return cloud().stacks().resources(stack()).stream()
        .filter(resource -> resource.type().equals("AWS::ECS::Service"))
        .flatMap(resource -> resource.physicalId().stream())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aServiceThatIsNotThereIsAbsent() {
    assertThat(
            cloud()
                .services()
                .find("arn:aws:ecs:eu-west-1:123456789012:service/" + name + "/" + name))
        .isEmpty();
    assertThat(
            cloud()
                .services()
                .stops("arn:aws:ecs:eu-west-1:123456789012:service/" + name + "/" + name))
        .isEmpty();
  }

  @Test
  void aServiceOfAStackIsActiveAndSaysHowManyTasksItWants() {
    String arn = serving();

    Service service = cloud().services().find(arn).orElseThrow();

    assertThat(arn).startsWith("arn:").contains(":service/");
    assertThat(service.status()).isEqualTo("ACTIVE");
    assertThat(service.desired()).isEqualTo(2);
    assertThat(service.rollout().state()).isIn("IN_PROGRESS", "COMPLETED");
    assertThat(cloud().services().stops(arn)).isEmpty();
    deleteStack();
  }

  @Test
  void aStackIsDoneOnceTheTasksOfItsServiceRun() {
    needs(Gap.TASKS);
    String arn = serving();

    Service service = cloud().services().find(arn).orElseThrow();

    assertThat(service.running()).isEqualTo(2);
    assertThat(service.rollout().state()).isEqualTo("COMPLETED");
    assertThat(service.rollout().reason()).isPresent();
    List<Event> events = service.events();
    assertThat(events).extracting(Event::id).doesNotHaveDuplicates();
    assertThat(events)
        .isSortedAccordingTo(Comparator.comparing(Event::at, Comparator.reverseOrder()));
    assertThat(events.getFirst().text()).contains("steady state");
    deleteStack();
  }

  @Test
  void aServiceWhoseStackIsDeletedIsGoneOrInactive() {
    needs(Gap.SERVICES_DELETED);
    String arn = serving();

    deleteStack();

    assertThat(cloud().services().find(arn).map(Service::status).filter("INACTIVE"::equals))
        .isEqualTo(cloud().services().find(arn).map(Service::status));
    assertThat(cloud().services().find(arn).map(Service::running).orElse(0)).isZero();
  }

  @Test
  void anImageIsFoundByItsTagUntilItIsDeleted() {
    applied(
        "first",
        true,
        """
        {"Parameters": {"Purpose": {"Type": "String"}},
         "Resources": {"Repository": {"Type": "AWS::ECR::Repository",
          "Properties": {"RepositoryName": "%s"}}}}
        """
            .formatted(name));
    assertThat(cloud().images().address(name)).hasValueSatisfying(this::isAnAddress);
    assertThat(cloud().images().digest(name, "v1")).isEmpty();

    String digest = push(name, "v1");

    assertThat(cloud().images().digest(name, "v1")).isEqualTo(Optional.of(digest));
    assertThat(cloud().images().digest(name, "v2")).isEmpty();
    assertThat(cloud().images().digests(name)).containsExactly(digest);

    cloud().images().delete(name, List.of(digest));
    assertThat(cloud().images().digest(name, "v1")).isEmpty();
    assertThat(cloud().images().digests(name)).isEmpty();
    deleteStack();
    assertThat(cloud().images().address(name)).isEmpty();
  }

  private void isAnAddress(String address) {
    assertThat(address).matches("[0-9]{12}[.]dkr[.]ecr[.][a-z0-9-]+[.]amazonaws[.]com/" + name);
  }
}
