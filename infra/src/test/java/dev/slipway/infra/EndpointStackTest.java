package dev.slipway.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.assertions.Template;

final class EndpointStackTest {

  @BeforeAll
  static void nodeRunsTheCdk() {
    boolean node =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "node")));
    if (!"true".equals(System.getenv("CI"))) {
      assumeTrue(node, "node is not on the PATH: the CDK needs it");
    }
  }

  @Test
  void needsNoBootstrapStackInTheAccount(@TempDir Path out) {
    var app = new App(AppProps.builder().outdir(out.toString()).build());
    var template = Template.fromStack(new EndpointStack(app, "chat"));

    assertThat(template.findParameters("*")).isEmpty();
    assertThat(template.toJSON().keySet()).doesNotContain("Rules");
    assertThat(app.synth().getStacks())
        .extracting(s -> s.getStackName())
        .isEqualTo(List.of("chat"));
  }
}
