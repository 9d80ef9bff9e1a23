package dev.slipway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.failure.Failure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.StillWorking;
import dev.slipway.failure.UsageFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code slipway ask}. */
@Command(
    name = "ask",
    description =
        "Asks the running service, or an endpoint in the cloud, a question; the answer streams as"
            + " it is made.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway ask \"How do I stop a deployment?\"",
      "  slipway ask --url https://chat.example --key-from CHAT_KEY \"How do I stop it?\"",
      "  slipway ask -k 1 --filter collection=docs --json \"How is a deployment stopped?\""
    })
final class AskCommand extends SlipwayAction {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT = Duration.ofSeconds(5);

  @Mixin private LocalOptions deployment = new LocalOptions();

  @Mixin private ServiceOptions service = new ServiceOptions();

  @Parameters(paramLabel = "QUESTION", description = "what to ask")
  private String question = "";

  @Option(names = "-k", paramLabel = "N", description = "how many passages at most")
  private @Nullable Integer k;

  @Option(
      names = "--filter",
      paramLabel = "FIELD=VALUE",
      description = "only passages with this value, such as collection=posts; may be repeated")
  private Map<String, String> filter = new LinkedHashMap<>();

  @Option(
      names = "--deadline",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "how long an answer from the cloud may take, a wake from zero included"
              + " (default: ${DEFAULT-VALUE})")
  private int seconds;

  AskCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    Optional<String> address = service.address();
    var cloud =
        address.isPresent() ? Optional.<CloudTarget>empty() : deployment.cloud(surroundings());
    Optional<String> withoutEndpoint = cloud.flatMap(this::withoutEndpoint);
    if (cloud.isPresent() && withoutEndpoint.isEmpty()) {
      if (k != null || !filter.isEmpty()) {
        throw new UsageFailure(
            "Cannot search documents for that",
            "the endpoint in the cloud is asked itself: -k and --filter are for the service",
            "Leave them out, or ask a running service: --url https://...");
      }
      return new CloudQuestion(surroundings(), cloud.get(), InvokeCommand.Seconds.checked(seconds))
          .ask(question, json());
    }
    String api =
        address
            .or(() -> withoutEndpoint)
            .orElseGet(() -> deployment.choose(surroundings()).running().addresses().api());
    Optional<String> key = service.key(surroundings(), this::ofManifest);
    ObjectNode body = JSON.createObjectNode().put("query", question).put("stream", !json());
    if (k != null) {
      body.put("k", k);
    }
    if (!filter.isEmpty()) {
      body.set("filter", JSON.valueToTree(filter));
    }
    var request =
        HttpRequest.newBuilder(URI.create(api + "/rag"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    try (var client = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
      var response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (var reader =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        if (response.statusCode() == 202) {
          throw new StillWorking(
              "The endpoint has not answered yet",
              "it takes requests from a queue",
              "Look later: curl " + api + response.headers().firstValue("Location").orElse("/jobs"),
              null);
        }
        if (response.statusCode() != 200) {
          throw response.statusCode() == 401
              ? unauthorized(key.isPresent(), JSON.readTree(reader))
              : refused(response.statusCode(), JSON.readTree(reader));
        }
        if (json()) {
          console().json(JSON.readTree(reader));
        } else {
          show(reader);
        }
      }
      return ExitCode.DONE;
    } catch (SSLException e) {
      throw UntrustedCertificate.at(api, e);
    } catch (IOException e) {
      throw new OperationFailed(
          "service_unreachable",
          "Cannot ask the service at " + api,
          Unreachable.why(e),
          withoutEndpoint.isPresent()
              ? "A load balancer inside of a VPC is reached from there alone. Look with `slipway"
                  + " status` and `slipway logs`."
              : address.isPresent()
                  ? "Look whether it runs, and whether its address is right."
                  : "Look with `slipway status` and `slipway logs`.",
          true,
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new dev.slipway.failure.Interrupted(
          "The question was interrupted", "this process was told to stop.", "Ask it again.");
    }
  }

  /** Where a model beside the service answers, there is nothing else to ask. */
  private Optional<String> withoutEndpoint(CloudTarget target) {
    try (Cloud open = target.open(surroundings())) {
      return target.withoutEndpoint(open).map(URI::toString);
    }
  }

  private void show(BufferedReader events) throws IOException {
    List<JsonNode> sources = new ArrayList<>();
    String event = "";
    boolean done = false;
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      if (line.startsWith("event:")) {
        event = line.substring("event:".length()).strip();
      } else if (line.startsWith("data:")) {
        JsonNode data = JSON.readTree(line.substring("data:".length()));
        switch (event) {
          case "waiting" ->
              console().say(data.path("reason").asText() + " Waiting for the endpoint.");
          case "sources" -> (data.isArray() ? data : data.path("sources")).forEach(sources::add);
          case "token" -> {
            console().out().print(data.path("text").asText());
            console().out().flush();
          }
          case "done" -> {
            console().data("");
            done = true;
            showSources(sources, data);
          }
          case "error" -> throw refused(200, data);
          default -> {} // a later version may say more
        }
      }
    }
    if (!done) {
      throw new IOException("the answer broke off");
    }
  }

  private void showSources(List<JsonNode> sources, JsonNode done) {
    console().plain("");
    int number = 1;
    for (JsonNode source : sources) {
      console()
          .plain(
              "  ["
                  + number++
                  + "] "
                  + source.path("source").asText()
                  + "  "
                  + source.path("title").asText());
    }
    console()
        .plain(
            "  "
                + done.path("usage").path("completion_tokens").asInt()
                + " tokens in "
                + done.path("timings").path("total").asLong()
                + " ms, trace "
                + done.path("trace_id").asText());
  }

  private Optional<String> ofManifest() {
    return deployment
        .choose(surroundings())
        .keys()
        .flatMap(secret -> ApiKeySecret.any(secret, surroundings().environment()));
  }

  private OperationFailed unauthorized(boolean withKey, JsonNode said) {
    String detail = said.path("detail").asText();
    return new OperationFailed(
        "invalid_api_key",
        "The service did not answer (HTTP 401)",
        withKey && !detail.isEmpty() ? detail : "it asks for a key or a token",
        deployment
            .choose(surroundings())
            .keys()
            .map(secret -> "Set " + ApiKeySecret.variable(secret) + " to one of its keys.")
            .orElse(
                "Name the environment variable that holds one (--key-from), or choose the"
                    + " deployment by its manifest (-f), which names their secret."));
  }

  private static Failure refused(int status, JsonNode body) {
    JsonNode detail = body.path("detail");
    String why =
        detail.isArray() && !detail.isEmpty()
            ? detail.get(0).path("loc").toString() + " " + detail.get(0).path("msg").asText()
            : detail.asText();
    if (status == 422) {
      return new UsageFailure("Cannot ask that", why, "See `slipway ask --help`.");
    }
    return new OperationFailed(
        "question_failed",
        "The service did not answer" + (status == 200 ? "" : " (HTTP " + status + ")"),
        why,
        "See `slipway logs`; errors are explained in docs/errors.md.",
        status == 429 || status == 503 || status == 504,
        null);
  }
}
