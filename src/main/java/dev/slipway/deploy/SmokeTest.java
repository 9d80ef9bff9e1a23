package dev.slipway.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.slipway.endpoint.AsyncRoundTrip;
import dev.slipway.endpoint.ChatModel;
import dev.slipway.endpoint.Deadline;
import dev.slipway.endpoint.EndpointChatModel;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.GateFailed;
import dev.slipway.manifest.EndpointSpec;
import dev.slipway.manifest.Hosting;
import dev.slipway.model.mirror.Bucket;
import dev.slipway.plan.ResourceNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends an endpoint one real request: being in service is not yet working. Neither the prompt nor
 * the answer is ever shown.
 */
final class SmokeTest {
  /** How long an endpoint without instances takes to wake, at the longest that is known of. */
  private static final Duration WAKE = Duration.ofMinutes(25);

  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final int TOKENS = 32;
  private static final JsonMapper JSON = new JsonMapper();

  /** How a test went; a test that failed is thrown. */
  enum Result {
    /** The answer is one. */
    PASSED,
    /** There is an answer, but of an unknown form. */
    WARNED
  }

  /**
   * Whom to ask.
   *
   * @param component which holds the model, if one does
   */
  record Target(EndpointName endpoint, Optional<String> component) {}

  private final Collaborators with;
  private final ResourceNames names;
  private final EndpointSpec spec;
  private final boolean first;

  /**
   * Makes a test.
   *
   * @param first whether no revision was deployed before, which could be put back
   */
  SmokeTest(Collaborators with, ResourceNames names, EndpointSpec spec, boolean first) {
    this.with = with;
    this.names = names;
    this.spec = spec;
    this.first = first;
  }

  /**
   * Asks.
   *
   * @throws GateFailed if there is no answer, or one that can't be used
   */
  Result ask(Target target, Bucket bucket) {
    try {
      Heard heard =
          switch (spec) {
            case EndpointSpec.Realtime _ -> patiently(target);
            case EndpointSpec.Async _ -> later(target, bucket);
          };
      return heard.understood() ? Result.PASSED : judge(target, heard.body());
    } catch (EndpointFailure failure) {
      String status =
          failure.originalStatus().isPresent()
              ? " The container's status was " + failure.originalStatus().getAsInt() + "."
              : "";
      throw failed(target, failure.what() + ": " + failure.why() + status, failure);
    }
  }

  /**
   * What came back.
   *
   * @param understood whether it was read as the answer to a chat
   */
  private record Heard(byte[] body, boolean understood) {}

  private Hosting.Smoke smoke() {
    return spec.hosting().smoke();
  }

  /** A container that still loads, or has no copy, is given time. */
  private Heard patiently(Target target) {
    Instant end = with.pace().now().plus(patience());
    while (true) {
      try {
        return ask(target, with.cloud().runtime(), smoke().timeout());
      } catch (EndpointFailure notYet) {
        boolean loading =
            notYet.kind() == EndpointFailure.Kind.NOT_READY
                || notYet.kind() == EndpointFailure.Kind.UNAVAILABLE;
        if (!loading || with.pace().now().isAfter(end)) {
          throw notYet;
        }
        with.pace().pause(LOOK);
      }
    }
  }

  private Duration patience() {
    return spec.scaling().min() == 0 ? smoke().timeout().plus(WAKE) : smoke().timeout();
  }

  /** An endpoint without instances wakes by itself, as it finds the request in its queue. */
  private Heard later(Target target, Bucket bucket) {
    // The bucket is the deploy's to close.
    var places = new StoredRequests(with.cloud(), names, bucket);
    var client =
        new AsyncRoundTrip(
            with.cloud().runtime(),
            places,
            with.pace()::pause,
            AsyncRoundTrip.Onlooker.withTheBucket(_ -> {}, "set endpoint.smoke.timeout higher."));
    return ask(target, client, patience());
  }

  private Heard ask(Target target, RuntimeClient client, Duration time) {
    if (embeds()) {
      return new Heard(
          client.invoke(
              new RuntimeClient.Invocation(
                  target.endpoint(),
                  target.component(),
                  "application/json",
                  "application/json",
                  embeddingRequest(),
                  Deadline.in(time))),
          false);
    }
    var kept = new KeptAnswer(client);
    var model =
        switch (spec) {
          case EndpointSpec.Realtime _ ->
              new EndpointChatModel(kept, target.endpoint(), target.component());
          case EndpointSpec.Async _ -> EndpointChatModel.async(kept, target.endpoint());
        };
    try {
      model.chat(chat(time));
      return new Heard(kept.body(), true);
    } catch (EndpointFailure unreadable) {
      if (unreadable.kind() != EndpointFailure.Kind.MALFORMED) {
        throw unreadable;
      }
    }
    return new Heard(kept.body(), false);
  }

  private ChatModel.Request chat(Duration time) {
    return new ChatModel.Request(
        List.of(new ChatModel.Message(ChatModel.Role.USER, smoke().prompt())),
        ChatModel.Sampling.defaults().greedy(TOKENS),
        Deadline.in(time));
  }

  private boolean embeds() {
    return spec.hosting().server() instanceof Hosting.Server.Tei;
  }

  private byte[] embeddingRequest() {
    return JSON.createObjectNode()
        .put("inputs", smoke().prompt())
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  private Result judge(Target target, byte[] answer) {
    JsonNode json;
    try {
      json = JSON.readTree(answer);
    } catch (IOException notJson) {
      with.warn(
          "The endpoint answers the smoke test, but not in JSON: it can't be said whether the"
              + " model works.");
      return Result.WARNED;
    }
    if (json.isMissingNode() || json.isNull()) {
      with.warn("The endpoint answers the smoke test with nothing.");
      return Result.WARNED;
    }
    boolean usable =
        switch (spec.hosting().server()) {
          // The user's own image may answer as it likes.
          case Hosting.Server.Image _ -> !json.has("error");
          case Hosting.Server.Tei _ -> json.isArray() || json.has("data");
          case Hosting.Server.Vllm _, Hosting.Server.Lmi _, Hosting.Server.LlamaCpp _ ->
              json.has("choices")
                  || json.has("generated_text")
                  || json.path(0).has("generated_text");
        };
    if (!usable) {
      throw failed(
          target,
          embeds() ? "its answer holds no embedding." : "its answer holds no generated text.",
          null);
    }
    return Result.PASSED;
  }

  private GateFailed failed(Target target, String why, @Nullable Throwable cause) {
    return new GateFailed(
        "smoke_failed",
        "\"" + target.endpoint() + "\" is in service, but failed its smoke test",
        why,
        first
            ? "See `slipway logs`. Deploying again repeats the test, with what you change in the"
                + " manifest; `slipway destroy` removes the endpoint, which costs as long as it is"
                + " there."
            : "See `slipway logs`; `slipway rollback` puts back the revision before, and deploying"
                + " again repeats the test.",
        cause);
  }

  /** Keeps the answer that passes through. */
  private static final class KeptAnswer implements RuntimeClient {
    private final RuntimeClient client;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    KeptAnswer(RuntimeClient client) {
      this.client = client;
    }

    byte[] body() {
      return body.toByteArray();
    }

    @Override
    public byte[] invoke(Invocation invocation) {
      byte[] answer = client.invoke(invocation);
      body.writeBytes(answer);
      return answer;
    }

    @Override
    public void stream(Invocation invocation, PartSink sink) {
      client.stream(
          invocation,
          part -> {
            body.writeBytes(part);
            sink.accept(part);
          });
    }

    /** The client is the cloud's to close. */
    @Override
    public void close() {}
  }
}
