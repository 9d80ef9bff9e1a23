package dev.slipway.infra;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cdklabs.cdknag.AwsSolutionsChecks;
import io.github.cdklabs.cdknag.NagPackSuppression;
import io.github.cdklabs.cdknag.NagSuppressions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.Aspects;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.assertions.Annotations;
import software.amazon.awscdk.assertions.Match;
import software.constructs.IConstruct;

/** Holds every kind and option to cdk-nag's AwsSolutions rules. */
final class NagTest {
  /** What the rules ask for that is better left undone here. */
  private static final List<Suppression> SUPPRESSED =
      List.of(
          new Suppression(
              "AwsSolutions-S1",
              "Access logs need a second bucket that outlives this one: an account has them by"
                  + " CloudTrail, and removing a deployment must leave nothing"),
          new Suppression(
              "AwsSolutions-IAM5",
              "Each wildcard of a role has its reason in a test of templates, which refuses others"),
          new Suppression(
              "AwsSolutions-ELB2",
              "Access logs need a bucket that outlives the deployment; the service has a log and"
                  + " traces of its own"),
          new Suppression(
              "AwsSolutions-EC23",
              "Only where the manifest says so is it open to the world, with HTTPS and keys"),
          new Suppression(
              "AwsSolutions-ECS2",
              "Its variables name a region, a folder and a bucket; secrets come from Secrets"
                  + " Manager"),
          new Suppression(
              "AwsSolutions-ECS4",
              "Container Insights is paid for by metric; the load balancer's and the service's own"
                  + " metrics say what the alarms need"));

  private record Suppression(String rule, String reason) {}

  @BeforeAll
  static void nodeRunsTheCdk() {
    Outside.needs("node");
  }

  private static List<Stack> stacks(Path out, String name) {
    var app =
        new App(
            AppProps.builder()
                .outdir(out.resolve(name).toString())
                .analyticsReporting(false)
                .treeMetadata(false)
                .build());
    Stacks.declare(app, Objects.requireNonNull(Blueprints.all().get(name)));
    Aspects.of(app).add(AwsSolutionsChecks.Builder.create().build());
    List<Stack> stacks = new ArrayList<>();
    for (IConstruct child : app.getNode().getChildren()) {
      if (child instanceof Stack stack) {
        stacks.add(stack);
      }
    }
    return stacks;
  }

  @Test
  void everyKindAndOptionIsClean(@TempDir Path out) {
    for (String name : Blueprints.names()) {
      List<Stack> stacks = stacks(out, name);
      assertThat(stacks)
          .hasSize(
              1
                  + (Blueprints.served().contains(name) ? 1 : 0)
                  + (Blueprints.hosted().contains(name) ? 1 : 0));
      List<NagPackSuppression> suppressions =
          SUPPRESSED.stream()
              .map(
                  each ->
                      NagPackSuppression.builder().id(each.rule()).reason(each.reason()).build())
              .toList();
      // All of them before the first look, which makes the rules visit the whole app.
      stacks.forEach(stack -> NagSuppressions.addStackSuppressions(stack, suppressions));
      for (Stack stack : stacks) {
        var found = Annotations.fromStack(stack);
        // Each throws with the text of what it found.
        found.hasNoError("*", Match.stringLikeRegexp("AwsSolutions-.*"));
        found.hasNoWarning("*", Match.stringLikeRegexp("AwsSolutions-.*"));
      }
    }
  }

  @Test
  void nothingIsSuppressedThatWouldNotBeFound(@TempDir Path out) {
    var annotations =
        Stream.of("realtime-vpc", "fargate-public")
            .flatMap(name -> stacks(out, name).stream())
            .map(Annotations::fromStack)
            .toList();

    for (Suppression each : SUPPRESSED) {
      var rule = Match.stringLikeRegexp(each.rule() + ".*");
      assertThat(annotations).anyMatch(found -> found.findError("*", rule).size() > 0);
    }
  }
}
