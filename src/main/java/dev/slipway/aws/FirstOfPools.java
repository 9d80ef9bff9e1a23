package dev.slipway.aws;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.sagemaker.model.DescribeEndpointConfigRequest;

/**
 * Says for a variant with a list of instance types ({@code InstancePools}) the first choice as its
 * instance type. The SDK's version in use doesn't know the list and would say nothing.
 */
final class FirstOfPools implements ExecutionInterceptor {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public Optional<InputStream> modifyHttpResponseContent(
      Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
    Optional<InputStream> body = context.responseBody();
    if (!(context.request() instanceof DescribeEndpointConfigRequest) || body.isEmpty()) {
      return body;
    }
    try (InputStream content = body.get()) {
      byte[] bytes = content.readAllBytes();
      return Optional.of(new ByteArrayInputStream(named(bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns an answer with the first choices; as it is where it isn't JSON. */
  private static byte[] named(byte[] answer) throws IOException {
    JsonNode config;
    try {
      config = JSON.readTree(answer);
    } catch (IOException e) {
      return answer;
    }
    for (JsonNode variant : config.path("ProductionVariants")) {
      if (variant instanceof ObjectNode object && !object.hasNonNull("InstanceType")) {
        first(variant.path("InstancePools")).ifPresent(type -> object.put("InstanceType", type));
      }
    }
    return JSON.writeValueAsBytes(config);
  }

  /** Returns the type with the least priority number, which is tried first. */
  private static Optional<String> first(JsonNode pools) {
    Optional<JsonNode> first = Optional.empty();
    for (JsonNode pool : pools) {
      if (first.isEmpty() || pool.path("Priority").asInt() < first.get().path("Priority").asInt()) {
        first = Optional.of(pool);
      }
    }
    return first.map(pool -> pool.path("InstanceType").asText()).filter(type -> !type.isEmpty());
  }
}
