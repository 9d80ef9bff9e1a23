package dev.slipway.infra;

import dev.slipway.plan.Blueprint;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.Templates;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awscdk.BootstraplessSynthesizer;
import software.amazon.awscdk.CfnParameter;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.Tags;
import software.constructs.Construct;

/** Declares the stacks of a deployment. */
final class Stacks {
  private Stacks() {}

  /** Declares the store, the endpoint that reads from it, and the service that asks it. */
  static void declare(Construct app, Blueprint blueprint) {
    var store = new StoreStack(app, blueprint);
    Stack before =
        blueprint
            .endpoint()
            .<Stack>map(endpoint -> new EndpointStack(app, new Hosted(blueprint, endpoint)))
            .orElse(store);
    if (before != store) {
      before.addStackDependency(store);
    }
    blueprint
        .service()
        .ifPresent(service -> new ApiStack(app, blueprint, service).addStackDependency(before));
  }

  /** Declares the parameter that names the store's bucket. */
  static void bucketParameter(Stack stack, Blueprint blueprint) {
    CfnParameter.Builder.create(stack, Templates.BUCKET_PARAMETER)
        .type("String")
        .description("The bucket of the stack " + blueprint.names().storeStack())
        .allowedPattern("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
        .build();
  }

  static StackProps properties(String name, String region, String description) {
    return StackProps.builder()
        .stackName(name)
        .description(description)
        // The account stays open: a template is the same in each.
        .env(Environment.builder().region(region).build())
        // Templates are applied through the SDK: an account needs no bootstrap stack.
        .synthesizer(BootstraplessSynthesizer.Builder.create().build())
        .analyticsReporting(false)
        // A template travels in a request of at most 51,200 bytes.
        .suppressTemplateIndentation(true)
        .build();
  }

  /** Puts tags on all that can have some, in an order that doesn't change. */
  static void tag(Stack stack, Map<String, String> tags) {
    new TreeMap<>(tags).forEach((key, value) -> Tags.of(stack).add(key, value));
  }

  /** Returns the tags of what all environments of a deployment share. */
  static Map<String, String> shared(Map<String, String> tags) {
    var shared = new TreeMap<>(tags);
    shared.remove(ResourceNames.ENVIRONMENT_TAG);
    return shared;
  }
}
