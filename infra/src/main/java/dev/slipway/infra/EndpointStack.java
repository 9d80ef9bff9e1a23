package dev.slipway.infra;

import dev.slipway.manifest.EndpointSpec;
import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Templates;
import java.util.List;
import java.util.Optional;
import software.amazon.awscdk.Stack;
import software.constructs.Construct;

/** Holds one environment's endpoint and all that belongs to it. */
final class EndpointStack extends Stack {

  EndpointStack(Construct scope, Blueprint blueprint) {
    super(
        scope,
        blueprint.names().endpointStack(),
        Stacks.properties(
            blueprint.names().endpointStack(),
            blueprint.region(),
            "Slipway: the endpoint " + blueprint.names().endpoint().value()));
    Stacks.bucketParameter(this, blueprint);
    declare(blueprint);
    Stacks.tag(this, blueprint.tags());
  }

  private void declare(Blueprint blueprint) {
    Optional<Topics> topics =
        blueprint.endpoint() instanceof EndpointSpec.Async async
            ? Optional.of(new Topics(this, "Topics", async))
            : Optional.empty();
    var health = new HealthAlarms(this, "Health", blueprint);
    var role =
        new ExecutionRole(
            this,
            "Execution",
            blueprint,
            topics.map(Topics::arns).orElse(List.of()),
            health.rollback());
    var model = new HostedModel(this, "Hosted", blueprint, role.arn());
    var config = new HostingConfig(this, "Hosting", blueprint, model.name(), role.arn(), topics);
    var endpoint = new HostedEndpoint(this, "Serving", blueprint, config.name(), health);
    Construct serving =
        switch (blueprint.endpoint()) {
          case EndpointSpec.Async async -> {
            new AsyncScaling(this, "Scaling", blueprint, async, endpoint.name());
            yield endpoint;
          }
          case EndpointSpec.Realtime realtime when realtime.components() -> {
            var component =
                new HostedComponent(
                    this, "Copies", blueprint, endpoint.name(), model.name(), health);
            // CloudFormation gives no name of a component that could be referred to.
            new ComponentScaling(this, "Scaling", blueprint, realtime.scaling())
                .getNode()
                .addDependency(component);
            yield component;
          }
          case EndpointSpec.Realtime _ -> {
            new VariantScaling(this, "Scaling", blueprint, endpoint.name());
            yield endpoint;
          }
        };
    // Watches what serves, so it begins when that does.
    new CapacityAlarms(this, "Capacity", blueprint).getNode().addDependency(serving);
    Output.declare(this, Templates.ENDPOINT_OUTPUT, endpoint.name());
    Output.declare(this, Templates.CONFIG_OUTPUT, config.name());
    Output.declare(this, Templates.MODEL_OUTPUT, model.name());
    Output.declare(this, Templates.ROLE_OUTPUT, role.arn());
  }
}
