package dev.slipway.deploy.teardown;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.deploy.cloud.Stacks;
import dev.slipway.plan.ResourceNames;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    Stacks stacks = account.cloud().stacks();
    stacks.propose(
        new Stacks.Proposal(
            night.endpointStack(),
            "night",
            true,
            new Stacks.Template.Body(Deployed.endpoint("night")),
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
    stacks.execute(night.endpointStack(), "night", "night");
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
