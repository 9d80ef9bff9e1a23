package dev.slipway.deploy.teardown;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.plan.ResourceNames;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class OrphansTest {
  private final Deployed account = new Deployed();

  private List<Orphans.Orphan> found() {
    return new Orphans(account.cloud(), account.pace()).find();
  }

  @Test
  void whatIsOverItsTimeIsListedWithTheCommandThatRemovesIt() {
    account.whole();
    ResourceNames night = Deployed.names("night");
    String expires = account.pace().now().plus(Duration.ofHours(8)).toString();
    make(night.endpointStack(), Deployed.endpoint("night"), expires);
    account.pace().pause(Duration.ofHours(1));
    assertThat(found()).as("while it may live").isEmpty();

    account.pace().pause(Duration.ofHours(8));

    assertThat(found())
        .singleElement()
        .satisfies(
            orphan -> {
              assertThat(orphan.why()).isEqualTo("expired");
              assertThat(orphan.name()).isEqualTo(night.endpointStack());
              assertThat(orphan.deployment()).isEqualTo("chat@night");
              assertThat(orphan.remove()).startsWith("slipway destroy --name chat@night");
            });
  }

  private void make(String stack, String template, String expires) {
    Stacks stacks = account.cloud().stacks();
    stacks.propose(
        new Stacks.Proposal(
            stack,
            "night",
            true,
            new Stacks.Template.Body(template),
            Map.of(),
            Map.of(
                ResourceNames.DEPLOYMENT_TAG,
                "chat",
                ResourceNames.ENVIRONMENT_TAG,
                "night",
                ResourceNames.EXPIRY_TAG,
                expires),
            ""));
    account.pace().pause(Duration.ofMinutes(1));
    stacks.execute(stack, "night", "night");
  }

  @Test
  void anExpiredServiceCostsItsTasksAndItsLoadBalancer() {
    account.whole();
    make(
        Deployed.names("night").serviceStack(),
        """
        {"Resources": {
          "LoadBalancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer"},
          "TaskDefinition": {"Type": "AWS::ECS::TaskDefinition",
           "Properties": {"Cpu": "1024", "Memory": "4096"}}}}
        """,
        account.pace().now().plus(Duration.ofHours(8)).toString());
    account.pace().pause(Duration.ofHours(9));

    assertThat(found())
        .singleElement()
        .satisfies(
            orphan ->
                assertThat(Objects.requireNonNull(orphan.costPerHour())).isBetween(0.08, 0.082));
  }

  @Test
  void whatNoStackHasAnyMoreIsListed() {
    account.whole();
    account.cloud().stacks().delete(Deployed.names("default").endpointStack(), Set.of(), "by-hand");
    account.pace().pause(Duration.ofHours(1));

    assertThat(found())
        .extracting(Orphans.Orphan::name)
        .contains("Model-old", "Config-old")
        .doesNotContain("slipway-chat-store");
  }
}
