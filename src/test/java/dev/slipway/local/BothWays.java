package dev.slipway.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.aws.SageMakerRuntimeClient;
import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.Deadline;
import dev.slipway.endpoint.EndpointChatModel;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.local.runtime.HostedEndpoints.Hosted;
import dev.slipway.local.runtime.RuntimeLimits;
import dev.slipway.local.runtime.RuntimeServer;
import dev.slipway.local.s3.ObjectServer;
import dev.slipway.local.s3.ObjectUri;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Asks one model through SageMaker Runtime, as in the cloud, and beside the service with nothing
 * between, as {@code api.engine: embedded} does.
 */
final class BothWays {
  private BothWays() {}

  static void answerTheSame(LocalEndpoint endpoint, Path folder) {
    Hosted hosted = endpoint.hosted();
    try (ObjectServer objects = ObjectServer.start(folder.resolve("s3"), 0);
        RuntimeServer runtime =
            RuntimeServer.start(
                name -> Optional.of(hosted),
                objects.store(),
                new ObjectUri("answers", "async/"),
                RuntimeLimits.defaults(),
                0,
                folder.resolve("runtime"));
        RuntimeClient sageMaker =
            SageMakerRuntimeClient.at(URI.create(runtime.url().toString()), "local", "a", "b");
        RuntimeClient beside = new ContainerRuntimeClient(endpoint::hosted)) {
      var there = new EndpointChatModel(sageMaker, hosted.name(), Optional.of("one"));
      var here = new EndpointChatModel(beside, hosted.name(), Optional.empty());
      ChatModel.Reply reply = here.chat(question());
      assertThat(reply).isEqualTo(there.chat(question()));
      assertThat(reply.text()).isNotBlank();
      StringBuilder streamed = new StringBuilder();
      ChatModel.Reply ended = here.stream(question(), streamed::append);
      assertThat(streamed.toString()).isEqualTo(reply.text());
      assertThat(ended.usage()).isEqualTo(reply.usage());
    }
  }

  private static ChatModel.Request question() {
    return new ChatModel.Request(
        List.of(new ChatModel.Message(ChatModel.Role.USER, "What does exit code 3 mean?")),
        ChatModel.Sampling.defaults().greedy(8),
        Deadline.in(Duration.ofSeconds(60)));
  }
}
