package dev.slipway.infra;

import dev.slipway.manifest.EndpointSpec;
import dev.slipway.plan.Templates;
import java.util.List;
import java.util.Optional;
import software.amazon.awscdk.Stack;
import software.constructs.Construct;

/** Holds one environment's endpoint and all that belongs to it. */
final class EndpointStack extends Stack {

  EndpointStack(Construct scope, Hosted hosted) {
    super(
        scope,
        hosted.names().endpointStack(),
        Stacks.properties(
            hosted.names().endpointStack(),
            hosted.whole().region(),
            "Slipway: the endpoint " + hosted.names().endpoint().value()));
    Stacks.bucketParameter(this, hosted.whole());
    declare(hosted);
    Stacks.tag(this, hosted.whole().tags());
  }

  private void declare(Hosted hosted) {
    Optional<Topics> topics =
        hosted.spec() instanceof EndpointSpec.Async async
            ? Optional.of(new Topics(this, "Topics", async))
            : Optional.empty();
    var health = new HealthAlarms(this, "Health", hosted);
    var role =
        new ExecutionRole(
            this,
            "Execution",
            hosted,
            topics.map(Topics::arns).orElse(List.of()),
            health.rollback());
    var model = new HostedModel(this, "Hosted", hosted, role.arn());
    var config = new HostingConfig(this, "Hosting", hosted, model.name(), role.arn(), topics);
    var endpoint = new HostedEndpoint(this, "Serving", hosted, config.name(), health);
    Construct serving =
        switch (hosted.spec()) {
          case EndpointSpec.Async async -> {
            new AsyncScaling(this, "Scaling", hosted, async, endpoint.name());
            yield endpoint;
          }
          case EndpointSpec.Realtime realtime when realtime.components() -> {
            var component =
                new HostedComponent(this, "Copies", hosted, endpoint.name(), model.name(), health);
            // CloudFormation gives no name of a component that could be referred to.
            new ComponentScaling(this, "Scaling", hosted, realtime.scaling())
                .getNode()
                .addDependency(component);
            yield component;
          }
          case EndpointSpec.Realtime _ -> {
            new VariantScaling(this, "Scaling", hosted, endpoint.name());
            yield endpoint;
          }
        };
    // Watches what serves, so it begins when that does.
    new CapacityAlarms(this, "Capacity", hosted).getNode().addDependency(serving);
    Output.declare(this, Templates.ENDPOINT_OUTPUT, endpoint.name());
    Output.declare(this, Templates.CONFIG_OUTPUT, config.name());
    Output.declare(this, Templates.MODEL_OUTPUT, model.name());
    Output.declare(this, Templates.ROLE_OUTPUT, role.arn());
  }
}
