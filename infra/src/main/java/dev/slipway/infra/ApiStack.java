package dev.slipway.infra;

import dev.slipway.plan.Blueprint;
import dev.slipway.plan.Templates;
import java.util.Optional;
import software.amazon.awscdk.CfnParameter;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.Stack;
import software.constructs.Construct;

/**
 * Holds one environment's business layer: tasks on Fargate behind a load balancer. What comes with
 * each deploy, the image and the index, is a parameter: the template itself says only what the
 * manifest does.
 */
final class ApiStack extends Stack {

  ApiStack(Construct scope, Blueprint blueprint, Blueprint.Service service) {
    super(
        scope,
        blueprint.names().serviceStack(),
        Stacks.properties(
            blueprint.names().serviceStack(),
            blueprint.region(),
            service.model().isPresent()
                ? "Slipway: the service of "
                    + blueprint.names().endpoint().value()
                    + ", with its model"
                : "Slipway: the service of the endpoint " + blueprint.names().endpoint().value()));
    Stacks.bucketParameter(this, blueprint);
    CfnParameter.Builder.create(this, Templates.IMAGE_PARAMETER)
        .type("String")
        .description("The service's image, by its digest")
        .allowedPattern("[^@\\s]+@sha256:[0-9a-f]{64}")
        .build();
    if (service.indexed()) {
      CfnParameter.Builder.create(this, Templates.INDEX_PARAMETER)
          .type("String")
          .description("The key of the index in the bucket")
          .allowedPattern(blueprint.names().indexPrefix() + "[0-9a-f]{20}\\.zip")
          .build();
    }
    declare(blueprint, service);
    Stacks.tag(this, blueprint.tags());
  }

  private void declare(Blueprint blueprint, Blueprint.Service service) {
    var groups = new ApiSecurity(this, "Security", blueprint, service);
    var balancer = new ApiBalancer(this, "Balancer", service, groups.balancer());
    var log = new ApiLog(this, "Log", blueprint, service);
    var roles = new ApiRoles(this, "Roles", blueprint, service, log);
    var task = new ApiTask(this, "Task", blueprint, service, roles, log);
    var tasks = new ApiTasks(this, "Tasks", service, task, groups.tasks(), balancer);
    new ApiScaling(this, "Scaling", service, tasks, balancer);
    new ApiAlarms(this, "Alarms", blueprint, service, balancer);
    Output.declare(this, Templates.URL_OUTPUT, url(service, balancer));
    Output.declare(this, Templates.CLUSTER_OUTPUT, tasks.cluster());
    Output.declare(this, Templates.SERVICE_OUTPUT, tasks.name());
  }

  private static String url(Blueprint.Service service, ApiBalancer balancer) {
    Optional<String> certificate = service.fargate().loadBalancer().certificate();
    return Fn.join(
        "",
        java.util.List.of(certificate.isPresent() ? "https://" : "http://", balancer.address()));
  }
}
