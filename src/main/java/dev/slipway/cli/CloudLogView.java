package dev.slipway.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.slipway.deploy.Pace;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.cloud.ContainerLogs;
import dev.slipway.deploy.observe.CloudLogs;
import dev.slipway.endpoint.EndpointName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** {@code slipway logs} of a deployment in the cloud. */
record CloudLogView(Surroundings surroundings, CloudTarget target, boolean json) {
  private static final Duration BACK = Duration.ofDays(7);

  int run(int lines, boolean follow) {
    try (Cloud cloud = target.open(surroundings)) {
      Pace pace = target.pace(surroundings);
      String group = group(cloud);
      var logs = new CloudLogs(cloud.logs(), group, pace);
      Instant since = pace.now().minus(BACK);
      Console console = surroundings.console();
      if (follow) {
        // A reader that is gone, such as head, wants no more.
        logs.follow(since, lines, this::show, () -> !console.out().checkError());
        return ExitCode.DONE;
      }
      List<ContainerLogs.Line> last = logs.last(since, lines);
      if (json) {
        console.json(
            Map.of(
                "lines",
                last.stream()
                    .map(
                        line ->
                            Map.of(
                                "log", line.stream(),
                                "at", line.at().toString(),
                                "line", line.text()))
                    .toList()));
      } else {
        last.forEach(this::show);
        if (last.isEmpty() && lines > 0) {
          console.plain(
              "Nothing was written to " + group + " in the last " + BACK.toDays() + " days.");
        }
      }
      return ExitCode.DONE;
    }
  }

  private String group(Cloud cloud) {
    if (target.withoutEndpoint(cloud).isPresent()) {
      return target.names().serviceLogGroup();
    }
    EndpointName endpoint = target.endpoint(cloud);
    return target
        .component(cloud, endpoint)
        .map(component -> "/aws/sagemaker/InferenceComponents/" + component)
        .orElse("/aws/sagemaker/Endpoints/" + endpoint);
  }

  private void show(ContainerLogs.Line line) {
    if (json) {
      surroundings
          .console()
          .data(
              JsonNodeFactory.instance
                  .objectNode()
                  .put("log", line.stream())
                  .put("at", line.at().toString())
                  .put("line", line.text())
                  .toString());
    } else {
      surroundings.console().data(line.at() + "  " + line.stream() + "  " + line.text());
    }
  }
}
