package dev.slipway.standin.wire;

import dev.slipway.endpoint.EndpointName;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.kernel.AwsError;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** SageMaker Runtime by REST. */
final class RuntimeWire {
  private static final Pattern PATH =
      Pattern.compile(
          "/endpoints/([^/]+)/(invocations|invocations-response-stream|async-invocations)");

  private final CloudSimulation simulation;

  RuntimeWire(CloudSimulation simulation) {
    this.simulation = simulation;
  }

  static boolean takes(String path) {
    return PATH.matcher(path).matches();
  }

  WireAnswer answer(ServerRequest request, byte[] body) {
    Matcher path = PATH.matcher(request.prologue().uriPath().rawPath());
    if (!path.matches()) {
      throw new IllegalArgumentException("not a path of the runtime");
    }
    EndpointName endpoint = new EndpointName(path.group(1));
    Optional<String> component =
        request.headers().first(HeaderNames.create("X-Amzn-SageMaker-Inference-Component"));
    if (path.group(2).equals("async-invocations")) {
      return simulation.call("InvokeEndpointAsync", () -> later(endpoint, request));
    }
    if (path.group(2).equals("invocations")) {
      byte[] answer =
          simulation.call(
              "InvokeEndpoint", () -> simulation.runtime().invoke(endpoint, component, body));
      return new WireAnswer(200, "application/json", answer);
    }
    List<byte[]> parts =
        simulation.call(
            "InvokeEndpointWithResponseStream",
            () -> simulation.runtime().stream(endpoint, component, body));
    ByteArrayOutputStream events = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      Message message =
          new Message(
              Map.of(
                  ":message-type", HeaderValue.fromString("event"),
                  ":event-type", HeaderValue.fromString("PayloadPart"),
                  ":content-type", HeaderValue.fromString("application/octet-stream")),
              part);
      events.writeBytes(message.toByteBuffer().array());
    }
    return new WireAnswer(200, "application/vnd.amazon.eventstream", events.toByteArray());
  }

  private WireAnswer later(EndpointName endpoint, ServerRequest request) {
    URI input =
        URI.create(
            request
                .headers()
                .first(HeaderNames.create("X-Amzn-SageMaker-InputLocation"))
                .orElseThrow(() -> AwsError.validation("InputLocation is missing")));
    String bucket = input.getAuthority();
    String key = input.getPath().substring(1);
    String place =
        "s3://"
            + bucket
            + "/"
            + simulation.runtime().later(endpoint, simulation.objects(), bucket, key);
    return WireAnswer.json(202, Json.object().put("InferenceId", "inference-1"))
        .with("X-Amzn-SageMaker-OutputLocation", place)
        .with("X-Amzn-SageMaker-FailureLocation", place + ".error");
  }
}
