package dev.slipway.deploy.synthesis;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.slipway.plan.Blueprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Plays the CDK app: takes what it takes, writes what it writes. What the deployment is called says
 * how it behaves.
 */
final class PlayedApp {
  private PlayedApp() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Map<String, String> environment = System.getenv();
    String context = environment.getOrDefault("CDK_CONTEXT_JSON", "{}");
    Path input = Path.of(new JsonMapper().readTree(context).get("blueprint").textValue());
    Blueprint blueprint = BlueprintDocument.read(Files.readString(input));
    // Beside the cache: one more line for each start.
    Path starts = Path.of(environment.getOrDefault("HOME", ""), "starts");
    Files.writeString(
        starts,
        environment.keySet().stream().sorted().toList() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    switch (blueprint.names().deployment()) {
      case "breaks" -> {
        System.err.println("the bucket is full of eels");
        System.exit(1);
      }
      case "hangs" -> Thread.sleep(600_000);
      case "forgets" -> {}
      default -> {
        Path out = Files.createDirectories(Path.of(environment.getOrDefault("CDK_OUTDIR", "")));
        Files.writeString(
            out.resolve(blueprint.names().storeStack() + ".template.json"), "{\"store\": 1}");
        if (blueprint.endpoint().isPresent()) {
          Files.writeString(
              out.resolve(blueprint.names().endpointStack() + ".template.json"),
              "{\"image\": \"" + blueprint.endpoint().get().container().image() + "\"}");
        }
        if (blueprint.service().isPresent()) {
          Files.writeString(
              out.resolve(blueprint.names().serviceStack() + ".template.json"), "{\"service\": 1}");
        }
      }
    }
  }
}
