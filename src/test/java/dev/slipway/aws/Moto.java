package dev.slipway.aws;

import dev.slipway.deploy.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceAlreadyExistsException;

/** What the contract tests of moto share. */
record Moto(AwsClients clients, AwsCloud cloud) implements AutoCloseable {
  /** Seen with moto 5.2.1; a test fails where it has learnt one of them. */
  static final Set<Gap> GAPS =
      Set.of(
          Gap.NAMES_OF_TEMPLATES,
          Gap.OUTPUTS,
          Gap.EMPTY_CHANGE_SETS,
          Gap.ALARMS_OF_TEMPLATES,
          Gap.SCALING_OF_TEMPLATES,
          Gap.COMPONENTS,
          Gap.ABSENT_CHANGE_SETS,
          Gap.UPDATES_CANCELLED,
          Gap.TASKS,
          Gap.SERVICES_DELETED);

  /** It makes everything at once: a pause lets nothing happen. */
  static final Pace AT_ONCE =
      new Pace() {
        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public void pause(Duration duration) {}
      };

  static Moto open() {
    var environment = MotoServer.environment();
    return new Moto(
        new AwsClients(AwsEnvironment.of(Optional.empty(), environment), Patience.NORMAL),
        AwsCloud.open(Optional.empty(), environment));
  }

  void log(String group, String stream, Instant at, String text) {
    CloudWatchLogsClient logs = clients.logs.get();
    try {
      logs.createLogGroup(request -> request.logGroupName(group));
    } catch (ResourceAlreadyExistsException there) {
      // Made by an earlier line.
    }
    try {
      logs.createLogStream(request -> request.logGroupName(group).logStreamName(stream));
    } catch (ResourceAlreadyExistsException there) {
      // Made by an earlier line.
    }
    logs.putLogEvents(
        request ->
            request
                .logGroupName(group)
                .logStreamName(stream)
                .logEvents(
                    InputLogEvent.builder().timestamp(at.toEpochMilli()).message(text).build()));
  }

  /** Puts an image without layers into a repository under a tag; returns its digest. */
  String push(String repository, String tag) {
    String manifest =
        """
        {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
         "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 2,
          "digest": "sha256:%s"}, "layers": []}
        """
            .formatted("0".repeat(64));
    return clients
        .ecr
        .get()
        .putImage(
            request -> request.repositoryName(repository).imageTag(tag).imageManifest(manifest))
        .image()
        .imageId()
        .imageDigest();
  }

  @Override
  public void close() {
    cloud.close();
    clients.close();
  }
}
