package dev.slipway.standin.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.slipway.deploy.Pace;
import dev.slipway.local.loopback.CallerWatch;
import dev.slipway.local.loopback.LoopbackServer;
import dev.slipway.local.s3.ObjectServer;
import dev.slipway.standin.CloudSimulation;
import dev.slipway.standin.kernel.AwsError;
import dev.slipway.standin.kernel.ConnectionLost;
import dev.slipway.standin.kernel.Fault;
import dev.slipway.standin.kernel.Region;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Speaks for every simulated service on one loopback address: the value of {@code
 * AWS_ENDPOINT_URL}. Credentials are not checked. Thread-safe.
 */
public final class StandInServer implements AutoCloseable {
  private final CloudSimulation simulation;
  private final ObjectServer objects;
  private final HttpClient client;
  private final LoopbackServer server;

  private StandInServer(
      CloudSimulation simulation, ObjectServer objects, HttpClient client, int port) {
    this.simulation = simulation;
    this.objects = objects;
    this.client = client;
    this.server =
        LoopbackServer.start(
            "the stand-in for AWS",
            port,
            new Protocol(simulation, new ObjectHop(objects.url(), client)));
  }

  /**
   * Starts an empty region {@code eu-west-1}.
   *
   * @param buckets the folder of the buckets
   * @param port to listen on; 0 takes a free one
   * @param pace the clock
   * @param perCall how much time each call takes beside the clock's
   */
  public static StandInServer start(Path buckets, int port, Pace pace, Duration perCall) {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    ObjectServer objects = ObjectServer.start(buckets, 0);
    try {
      CloudSimulation simulation =
          new CloudSimulation(
              new Region("eu-west-1", "123456789012"),
              pace,
              perCall,
              new ServedHouse(objects, client));
      return new StandInServer(simulation, objects, client, port);
    } catch (RuntimeException e) {
      objects.close();
      client.close();
      throw e;
    }
  }

  /** Returns where it listens. */
  public URI url() {
    return server.url();
  }

  /** Returns what it speaks for. */
  public CloudSimulation simulation() {
    return simulation;
  }

  @Override
  public void close() {
    server.close();
    objects.close();
    client.close();
  }

  private static final class Protocol implements LoopbackServer.Protocol {
    private final CloudSimulation simulation;
    private final ObjectHop hop;
    private final CloudFormationWire stacks;
    private final AccountWire account;
    private final HostingWire hosting;
    private final JsonServices others;
    private final ContainersWire containers;
    private final RuntimeWire runtime;
    private final Control control;

    Protocol(CloudSimulation simulation, ObjectHop hop) {
      this.simulation = simulation;
      this.hop = hop;
      this.stacks = new CloudFormationWire(simulation);
      this.account = new AccountWire(simulation);
      this.hosting = new HostingWire(simulation);
      this.others = new JsonServices(simulation);
      this.containers = new ContainersWire(simulation);
      this.runtime = new RuntimeWire(simulation);
      this.control = new Control(simulation);
    }

    @Override
    public void answer(ServerRequest request, RoutingResponse response, CallerWatch.Caller caller) {
      String path = request.prologue().uriPath().rawPath();
      Optional<String> target = request.headers().first(HeaderNames.create("X-Amz-Target"));
      boolean form =
          request
              .headers()
              .first(HeaderNames.CONTENT_TYPE)
              .filter(type -> type.startsWith("application/x-www-form-urlencoded"))
              .isPresent();
      try {
        if (path.startsWith(Control.PATH)) {
          send(response, json(() -> control(request, path)));
        } else if (RuntimeWire.takes(path)) {
          byte[] body = body(request);
          send(response, json(() -> runtime.answer(request, body)));
        } else if (target.isPresent()) {
          byte[] body = body(request);
          send(response, json(() -> document(target.get(), body)));
        } else if (form) {
          send(response, query(fields(body(request))));
        } else {
          object(request, response);
        }
      } catch (ConnectionLost e) {
        throw new CloseConnectionException(String.valueOf(e.getMessage()), e);
      } catch (IOException e) {
        throw new CloseConnectionException("The caller, or the bucket, is gone", e);
      }
    }

    private interface Answering {
      WireAnswer answer();
    }

    private static WireAnswer json(Answering body) {
      try {
        return body.answer();
      } catch (AwsError e) {
        return WireAnswer.jsonError(e);
      }
    }

    private WireAnswer control(ServerRequest request, String path) {
      return control.answer(request.prologue().method().text(), path, body(request));
    }

    private WireAnswer document(String target, byte[] body) {
      String operation = target.substring(target.lastIndexOf('.') + 1);
      JsonNode request = Json.read(body);
      return simulation.call(
          operation,
          () ->
              WireAnswer.json(
                  200,
                  (target.startsWith("SageMaker.")
                          ? hosting.answer(operation, request)
                          : target.startsWith("AmazonEC2Container")
                              ? containers.answer(operation, request)
                              : others.answer(operation, request))
                      .orElseThrow(
                          () ->
                              new AwsError(
                                  400,
                                  "UnknownOperationException",
                                  "The stand-in doesn't know " + target))));
    }

    private WireAnswer query(Map<String, String> fields) {
      WireRequest request = new WireRequest(fields);
      String action = request.action();
      try {
        return simulation.call(
            action,
            () -> {
              Xml xml = new Xml();
              boolean[] known = new boolean[1];
              xml.in(
                  action + "Response",
                  () -> {
                    xml.in(
                        action + "Result",
                        () ->
                            known[0] = stacks.answer(request, xml) || account.answer(request, xml));
                    xml.in(
                        "ResponseMetadata",
                        () -> xml.put("RequestId", "00000000-0000-4000-8000-000000000000"));
                  });
              if (!known[0]) {
                throw new AwsError(400, "InvalidAction", "The stand-in doesn't know " + action);
              }
              return WireAnswer.xml(200, xml);
            });
      } catch (AwsError e) {
        return WireAnswer.queryError(e);
      }
    }

    private void object(ServerRequest request, RoutingResponse response) throws IOException {
      String operation = ObjectHop.operation(request);
      Optional<Fault> fault = simulation.pass(operation);
      if (fault.isPresent()) {
        switch (fault.get()) {
          case Fault.Refusal refusal -> {
            LoopbackServer.leaveBodyUnread(request, response);
            send(
                response,
                WireAnswer.objectError(
                    new AwsError(
                        refusal.code().equals("Throttling") ? 503 : refusal.status(),
                        refusal.code().equals("Throttling") ? "SlowDown" : refusal.code(),
                        refusal.text())));
          }
          case Fault.LostRequest lost -> throw new ConnectionLost(operation);
          case Fault.LostReply lost -> {
            try (InputStream unread = hop.send(request).body()) {
              unread.readAllBytes();
            }
            throw new ConnectionLost(operation);
          }
        }
        return;
      }
      HttpResponse<InputStream> answer = hop.send(request);
      ObjectHop.pass(answer, response);
    }

    private static void send(RoutingResponse response, WireAnswer answer) {
      response.status(Status.create(answer.status()));
      response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
      response.header(
          HeaderNames.create("x-amzn-RequestId"), "00000000-0000-4000-8000-000000000000");
      answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
      response.send(answer.body());
    }

    private static byte[] body(ServerRequest request) {
      return request.content().hasEntity() ? request.content().as(byte[].class) : new byte[0];
    }

    private static Map<String, String> fields(byte[] form) {
      Map<String, String> fields = new HashMap<>();
      for (String pair : new String(form, StandardCharsets.UTF_8).split("&", -1)) {
        String[] halves = pair.split("=", 2);
        fields.put(decode(halves[0]), halves.length == 2 ? decode(halves[1]) : "");
      }
      return fields;
    }

    private static String decode(String text) {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public DirectHandler unreadable() {
      return (request, type, status, headers, message) ->
          DirectHandler.TransportResponse.builder()
              .status(status)
              .headers(headers)
              .keepAlive(false)
              .build();
    }
  }

  /** Adds a line to the script of faults, as the control route does. */
  void fault(String operation, int call, boolean on, String fault) {
    new Control(simulation).add(operation, call, on, fault);
  }
}
