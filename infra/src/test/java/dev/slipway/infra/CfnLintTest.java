package dev.slipway.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Has AWS's own linter, which knows every resource's schema, read all templates at once. */
final class CfnLintTest {
  /** What it may say, each because its schemas are older than the service. */
  private static final List<Allowed> ALLOWED =
      List.of(
          new Allowed(
              "E3002",
              "'InstancePools' was unexpected",
              "SageMaker and CDK 2.263 know pools; cfn-lint 1.51 does not yet"));

  /** One finding that is none. */
  private record Allowed(String rule, String message, String reason) {}

  @Test
  void findsNoErrorInAnyTemplate(@TempDir Path folder) throws Exception {
    Outside.needs("node");
    Outside.needs("cfn-lint");
    var command =
        new ArrayList<>(List.of("cfn-lint", "--format", "json", "--regions", "eu-west-1"));
    Files.writeString(folder.resolve("store.json"), Assembly.of("realtime").store());
    for (String name : Blueprints.hosted()) {
      Files.writeString(folder.resolve(name + ".json"), Assembly.of(name).endpoint().orElseThrow());
    }
    for (String name : Blueprints.served()) {
      Files.writeString(
          folder.resolve(name + "-service.json"), Assembly.of(name).service().orElseThrow());
    }
    command.add("--");
    try (var files = Files.list(folder)) {
      files.map(Path::toString).sorted().forEach(command::add);
    }

    List<String> found = lint(command, folder);

    assertThat(found).isEmpty();
  }

  private static List<String> lint(List<String> command, Path folder)
      throws IOException, InterruptedException {
    Path answer = folder.resolve("answer");
    Path said = folder.resolve("said");
    Process linter =
        new ProcessBuilder(command)
            .redirectOutput(answer.toFile())
            .redirectError(said.toFile())
            .start();
    assertThat(linter.waitFor(2, TimeUnit.MINUTES)).isTrue();
    String json = Files.readString(answer, StandardCharsets.UTF_8);
    assertThat(json).as(Files.readString(said)).startsWith("[");
    List<String> found = new ArrayList<>();
    for (JsonNode finding : Assembly.read(json)) {
      String rule = finding.at("/Rule/Id").textValue();
      String message = finding.get("Message").textValue();
      if (ALLOWED.stream()
          .noneMatch(each -> each.rule().equals(rule) && message.contains(each.message()))) {
        found.add(
            Path.of(finding.get("Filename").textValue()).getFileName()
                + ": "
                + rule
                + " "
                + message);
      }
    }
    return found;
  }
}
