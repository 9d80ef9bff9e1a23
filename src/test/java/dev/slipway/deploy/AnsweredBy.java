package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Stacks.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What answers a deployment's questions; one line of its manifest says it. */
enum AnsweredBy {
  ENDPOINT,
  EMBEDDED;

  static final String SERVICE = "slipway-chat-api";

  AnsweredBy other() {
    return this == ENDPOINT ? EMBEDDED : ENDPOINT;
  }

  /**
   * Returns a rig with a service that answers, and a model in both forms.
   *
   * @param folder is made
   */
  Rig rig(Path folder) throws IOException {
    Rig made = new Rig(Files.createDirectory(folder));
    Path index = Files.createDirectories(folder.resolve("index"));
    Files.writeString(index.resolve("segments_1"), "passages");
    made.files = List.of("model.safetensors", "model.gguf");
    made.reach = ServiceProbe.Reach.ANSWERED;
    change(made);
    return made;
  }

  /** Changes the line of a rig's manifest, and what comes of it. */
  void change(Rig rig) {
    rig.manifestMore =
        """
        api:
          engine: %s
          host: fargate
          keys: secret:chat/keys
          fargate:
            vpc: vpc-0123456789abcdef0
            subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
        """
            .formatted(name().toLowerCase(Locale.ROOT));
    rig.service = Optional.of(Rig.serviceTemplate(name()));
    rig.imageTag = name();
  }

  static List<String> steps(Rig rig) {
    return rig.events.stream()
        .flatMap(
            event ->
                event instanceof DeployEvent.Step(String name) ? Stream.of(name) : Stream.empty())
        .toList();
  }

  static List<String> stacks(Rig rig) {
    return rig.cloud.stacks().tagged(Map.of()).stream().map(Stack::name).sorted().toList();
  }
}
