package dev.slipway.deploy;

import dev.slipway.deploy.cloud.Stacks.Stack;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.plan.ResourceNames;
import dev.slipway.plan.Templates;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads from a stack's outputs what its resources came to be called. */
public record StackOutputs(Stack stack) {

  /** Returns the endpoint's name: some stand-ins for AWS choose another than the template's. */
  public EndpointName endpoint(ResourceNames names) {
    return name(Templates.ENDPOINT_OUTPUT).map(EndpointName::new).orElse(names.endpoint());
  }

  /** Returns the name of the endpoint's configuration, absent where the stack doesn't say it. */
  public Optional<String> config() {
    return name(Templates.CONFIG_OUTPUT);
  }

  /** Returns the model's name, absent where the stack doesn't say it. */
  public Optional<String> model() {
    return name(Templates.MODEL_OUTPUT);
  }

  /** Returns the store's bucket, absent where it was never made. */
  public Optional<String> bucket() {
    return name(Templates.BUCKET_OUTPUT);
  }

  /** Returns the store's image repository, absent where it was never made. */
  public Optional<String> repository() {
    return Optional.ofNullable(stack.outputs().get(Templates.REPOSITORY_OUTPUT))
        .filter(name -> !name.isEmpty());
  }

  /** Returns where the service is reached, absent where the stack doesn't say it. */
  public Optional<URI> url() {
    return Optional.ofNullable(stack.outputs().get(Templates.URL_OUTPUT))
        .filter(address -> !address.isEmpty())
        .map(URI::create);
  }

  /** Returns the newest revision that any of the stacks is tagged with; absent if none is. */
  public static OptionalInt revision(List<Stack> stacks) {
    return stacks.stream()
        .map(stack -> stack.tags().getOrDefault(ResourceNames.REVISION_TAG, ""))
        .filter(tag -> tag.matches("[0-9]{1,9}"))
        .mapToInt(Integer::parseInt)
        .max();
  }

  /** An output may be an ARN, of which the name is the end. */
  private Optional<String> name(String output) {
    return Optional.ofNullable(stack.outputs().get(output))
        .map(value -> value.substring(value.lastIndexOf('/') + 1))
        .filter(name -> !name.isEmpty());
  }
}
