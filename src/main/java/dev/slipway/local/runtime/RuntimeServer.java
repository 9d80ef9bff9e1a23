package dev.slipway.local.runtime;

import dev.slipway.failure.OperationFailed;
import dev.slipway.local.loopback.CallerWatch;
import dev.slipway.local.loopback.LoopbackServer;
import dev.slipway.local.loopback.SigV4;
import dev.slipway.local.s3.ObjectStore;
import dev.slipway.local.s3.ObjectUri;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks the SageMaker Runtime API on loopback, in front of this machine's endpoints: whole,
 * streamed and asynchronous invocations, and OpenAI's chat route. Any SigV4 credentials, and any
 * bearer token on the chat route, are taken and none are checked. Thread-safe.
 */
public final class RuntimeServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RuntimeServer.class);

  private final LoopbackServer server;
  private final AsyncJobs jobs;
  private final ContainerClient containers;

  private RuntimeServer(LoopbackServer server, AsyncJobs jobs, ContainerClient containers) {
    this.server = server;
    this.jobs = jobs;
    this.containers = containers;
  }

  /**
   * Starts listening, and takes up the asynchronous requests that an earlier server on the same
   * folder left.
   *
   * @param store holds asynchronous inputs and answers
   * @param asyncOutput under which answers go; its bucket is made if it is missing
   * @param port to listen on; 0 takes a free one
   * @param stateFolder for asynchronous requests that wait; made if it is missing; no other server
   *     may use it
   * @throws OperationFailed {@code port_in_use} or {@code state_unreadable}
   */
  public static RuntimeServer start(
      HostedEndpoints endpoints,
      ObjectStore store,
      ObjectUri asyncOutput,
      RuntimeLimits limits,
      int port,
      Path stateFolder) {
    ContainerClient containers = new ContainerClient();
    InvocationReader reader = new InvocationReader(endpoints, limits);
    try {
      store.ensureBucket(asyncOutput.bucket());
      AsyncJobs jobs =
          new AsyncJobs(endpoints, containers, store, JobJournal.in(stateFolder), limits);
      jobs.start();
      try {
        LoopbackServer server =
            LoopbackServer.start(
                "the local SageMaker runtime",
                port,
                new Protocol(
                    new Invocations(reader, containers, limits),
                    new AsyncRoute(reader, store, asyncOutput, jobs, limits),
                    new OpenAiRoute(reader, containers, limits)));
        return new RuntimeServer(server, jobs, containers);
      } catch (OperationFailed e) {
        jobs.close();
        throw e;
      }
    } catch (IOException e) {
      containers.close();
      throw new OperationFailed(
          "state_unreadable",
          "Cannot start the local SageMaker runtime",
          "reading or writing its state in " + stateFolder + " failed: " + e.getMessage(),
          "Check that the folder is yours and that the disk is not full.",
          false,
          e);
    } catch (OperationFailed e) {
      containers.close();
      throw e;
    }
  }

  /** Returns where it listens: the value of {@code AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME}. */
  public URI url() {
    return server.url();
  }

  /** Stops listening, cuts what is being answered, and leaves asynchronous requests on disk. */
  @Override
  public void close() {
    server.close();
    jobs.close();
    containers.close();
  }

  private record Protocol(Invocations invocations, AsyncRoute async, OpenAiRoute openAi)
      implements LoopbackServer.Protocol {
    private static final HeaderName REQUEST_ID = HeaderNames.create("x-amzn-RequestId");
    private static final HeaderName ERROR_TYPE = HeaderNames.create("x-amzn-ErrorType");
    private static final Pattern OPERATION =
        Pattern.compile(
            "/endpoints/(?<name>[^/]+)/(?<operation>invocations|invocations-response-stream"
                + "|async-invocations)");
    private static final Pattern OPENAI =
        Pattern.compile(
            "/endpoints/(?<name>[^/]+)(/inference-components/(?<component>[^/]+))?"
                + "/openai/v1/chat/completions");

    @Override
    public void answer(ServerRequest request, RoutingResponse response, CallerWatch.Caller caller) {
      String id = UUID.randomUUID().toString();
      response.header(REQUEST_ID, id);
      try {
        route(request, response, caller);
      } catch (ServiceError e) {
        begin(request, response, id, e.status());
        response.header(ERROR_TYPE, e.type());
        response.send(e.json());
      } catch (OpenAiRoute.OpenAiError e) {
        begin(request, response, id, e.status());
        response.send(e.json());
      } catch (CloseConnectionException e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        if (e instanceof UncheckedIOException || response.isSent() || !response.reset()) {
          throw new CloseConnectionException("The caller is gone", e);
        }
        LOG.error("Request {} to the local SageMaker runtime failed", id, e);
        ServiceError error = ServiceError.internal();
        begin(request, response, id, error.status());
        response.header(ERROR_TYPE, error.type());
        response.send(error.json());
      }
    }

    private static void begin(
        ServerRequest request, RoutingResponse response, String id, int status) {
      if (!response.reset()) {
        throw new CloseConnectionException("The answer has begun already");
      }
      LoopbackServer.leaveBodyUnread(request, response);
      response.status(Status.create(status));
      response.header(REQUEST_ID, id);
      response.header(HeaderNames.CONTENT_TYPE, "application/json");
    }

    private void route(ServerRequest request, RoutingResponse response, CallerWatch.Caller caller)
        throws IOException {
      String path = request.prologue().uriPath().rawPath();
      if (!request.prologue().method().text().equals("POST")) {
        throw ServiceError.unknownOperation();
      }
      Matcher chat = OPENAI.matcher(path);
      if (chat.matches()) {
        openAi.answer(
            chat.group("name"),
            Optional.ofNullable(chat.group("component")),
            request,
            response,
            caller);
        return;
      }
      Matcher matcher = OPERATION.matcher(path);
      if (!matcher.matches()) {
        throw ServiceError.unknownOperation();
      }
      if (SigV4.of(request).isEmpty()) {
        throw ServiceError.unsigned();
      }
      var name = InvocationReader.name(matcher.group("name"));
      switch (matcher.group("operation")) {
        case "invocations" -> invocations.whole(name, request, response, caller);
        case "invocations-response-stream" -> invocations.streamed(name, request, response, caller);
        default -> async.answer(name, request, response);
      }
    }

    @Override
    public DirectHandler unreadable() {
      return (request, type, status, headers, message) ->
          DirectHandler.TransportResponse.builder()
              .status(status)
              .headers(headers)
              .keepAlive(false)
              .header(HeaderNames.CONTENT_TYPE, "application/json")
              .header(REQUEST_ID, UUID.randomUUID().toString())
              .header(ERROR_TYPE, "SerializationException")
              .entity(ServiceError.json(Map.of("Message", "The HTTP request can't be read.")))
              .build();
    }
  }
}
