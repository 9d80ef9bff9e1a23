package dev.slipway.local.runtime;

import dev.slipway.catalog.HostingLimit;
import dev.slipway.catalog.HostingLimits;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.local.s3.ObjectStore;
import dev.slipway.local.s3.ObjectUri;
import dev.slipway.local.s3.StoredObject.Description;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Answers {@code InvokeEndpointAsync}: takes the request on and says where to look. */
final class AsyncRoute {
  /** The service model's shapes FilenameHeader, S3OutputPathExtensionHeader and InferenceId. */
  private static final Pattern FILENAME =
      Pattern.compile("(?!.*\\..*\\.)[a-zA-Z0-9][a-zA-Z0-9-_.]{0,31}");

  private static final Pattern EXTENSION =
      Pattern.compile("(?!s3:|https:)[a-zA-Z0-9!_.*'()/-]{1,512}");
  private static final Pattern INFERENCE_ID = Pattern.compile("\\S\\p{Print}{0,63}");

  private final InvocationReader reader;
  private final ObjectStore store;
  private final ObjectUri output;
  private final AsyncJobs jobs;
  private final RuntimeLimits limits;

  AsyncRoute(
      InvocationReader reader,
      ObjectStore store,
      ObjectUri output,
      AsyncJobs jobs,
      RuntimeLimits limits) {
    this.reader = reader;
    this.store = store;
    this.output = output;
    this.jobs = jobs;
    this.limits = limits;
  }

  void answer(EndpointName name, ServerRequest request, ServerResponse response)
      throws IOException {
    Optional<String> component = InvocationReader.component(request);
    HostedEndpoints.Hosted hosted = reader.known(name, component);
    switch (hosted.status()) {
      case FAILED, DELETING -> throw InvocationReader.gone(hosted);
      case CREATING, IN_SERVICE, UPDATING -> {}
    }
    String id = UUID.randomUUID().toString();
    String inferenceId = text(request, InvocationHeaders.INFERENCE_ID, INFERENCE_ID).orElse(id);
    ObjectUri answer =
        text(request, InvocationHeaders.OUTPUT_EXTENSION, EXTENSION)
            .map(output::below)
            .orElse(output)
            .below(text(request, InvocationHeaders.FILENAME, FILENAME).orElse(id + ".out"));
    ObjectUri failure = output.below(id + "-error.out");
    int wait =
        seconds(
            request,
            InvocationHeaders.WAIT_SECONDS,
            HostingLimits.ASYNC_WAIT_AT_LEAST.value(),
            HostingLimits.ASYNC_WAIT_AT_MOST,
            HostingLimits.ASYNC_WAIT_AT_MOST.value());
    int timeout =
        seconds(
            request,
            InvocationHeaders.TIMEOUT_SECONDS,
            1,
            HostingLimits.ASYNC_ANSWER_AT_MOST,
            Math.max(1, limits.asyncAnswer().toSeconds()));
    Optional<ObjectUri> given = inputLocation(request);
    ObjectUri input = given.isPresent() ? given.get() : inline(request, id);
    jobs.accept(
        new AsyncJob(
            id,
            name.value(),
            InvocationReader.origin(name, request).region(),
            headers(request, input, inferenceId),
            input.toString(),
            given.isEmpty(),
            answer.toString(),
            failure.toString(),
            Instant.now().toEpochMilli(),
            wait,
            timeout));
    response.status(Status.ACCEPTED_202);
    response.header(HeaderNames.create(InvocationHeaders.OUTPUT_LOCATION), answer.toString());
    response.header(HeaderNames.create(InvocationHeaders.FAILURE_LOCATION), failure.toString());
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(ServiceError.json(Map.of("InferenceId", inferenceId)));
  }

  private static Optional<ObjectUri> inputLocation(ServerRequest request) {
    Optional<String> text = InvocationReader.header(request, InvocationHeaders.INPUT_LOCATION);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (request.content().hasEntity()) {
      throw ServiceError.validation("Give InputLocation or a body, not both.");
    }
    try {
      return Optional.of(ObjectUri.parse(text.get()));
    } catch (IllegalArgumentException e) {
      throw ServiceError.constraint(
          "inputLocation",
          "Member must satisfy regular expression pattern: ^(https|s3)://([^/]+)/?(.*)$");
    }
  }

  /** Keeps an input that came with the request where the others lie. */
  private ObjectUri inline(ServerRequest request, String id) throws IOException {
    byte[] body = InvocationReader.body(request, HostingLimits.ASYNC_INLINE_INPUT.value());
    if (body.length == 0) {
      throw ServiceError.constraint("inputLocation", "Member must not be null");
    }
    ObjectUri at = output.below("inputs").below(id + ".in");
    store.put(at, new ByteArrayInputStream(body), Description.ofType("application/octet-stream"));
    return at;
  }

  private Map<String, String> headers(ServerRequest request, ObjectUri input, String inferenceId) {
    String contentType =
        InvocationReader.header(request, InvocationHeaders.CONTENT_TYPE)
            .or(() -> store.find(input).map(object -> object.description().contentType()))
            .orElse("application/octet-stream");
    Map<String, String> headers =
        InvocationReader.passedOn(
            request, contentType, InvocationReader.header(request, InvocationHeaders.ACCEPT));
    headers.put(InvocationHeaders.INFERENCE_ID, inferenceId);
    return headers;
  }

  private static Optional<String> text(ServerRequest request, String header, Pattern pattern) {
    Optional<String> value = InvocationReader.header(request, header);
    if (value.isPresent() && !pattern.matcher(value.get()).matches()) {
      throw ServiceError.constraint(
          header, "Member must satisfy regular expression pattern: " + pattern.pattern());
    }
    return value;
  }

  private static int seconds(
      ServerRequest request, String header, long least, HostingLimit most, long fallback) {
    Optional<String> text = InvocationReader.header(request, header);
    if (text.isEmpty()) {
      return Math.toIntExact(fallback);
    }
    try {
      int seconds = Integer.parseInt(text.get());
      if (seconds >= least && seconds <= most.value()) {
        return seconds;
      }
    } catch (NumberFormatException e) {
      // Told below, with the numbers that don't fit.
    }
    throw ServiceError.constraint(
        header, "Member must be a whole number from " + least + " to " + most.value());
  }
}
