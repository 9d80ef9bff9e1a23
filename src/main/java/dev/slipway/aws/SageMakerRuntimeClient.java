package dev.slipway.aws;

import dev.slipway.aws.wire.Answer;
import dev.slipway.aws.wire.Connections;
import dev.slipway.aws.wire.Event;
import dev.slipway.aws.wire.EventReader;
import dev.slipway.aws.wire.Header;
import dev.slipway.aws.wire.Keys;
import dev.slipway.aws.wire.Proxy;
import dev.slipway.aws.wire.Signer;
import dev.slipway.aws.wire.Target;
import dev.slipway.endpoint.Deadline;
import dev.slipway.endpoint.EndpointName;
import dev.slipway.endpoint.RuntimeClient;
import dev.slipway.failure.Interrupted;
import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Calls SageMaker Runtime: in the cloud, or at a local target that speaks the same protocol. Each
 * call is one request. Thread-safe; made for callers on virtual threads, each of which waits for
 * its answer.
 *
 * <p>The AWS SDK says where to call and with whose credentials; the requests are signed, sent and
 * read here, since its asynchronous client alone took more processor time than all the rest of an
 * answer.
 */
public final class SageMakerRuntimeClient implements RuntimeClient {
  /** SageMaker answers within 60 s; the socket waits a little longer, to hear its error. */
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(70);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final String pathPrefix;
  private final Target target;
  private final Connections connections;
  private final AwsCredentialsProvider credentials;
  private final Signer signer;
  private final InstantSource clock;
  private final String address;

  /**
   * Makes one.
   *
   * @param base scheme, host, port and what all paths begin with
   * @param address the same, for people
   */
  private SageMakerRuntimeClient(
      URI base,
      Optional<Proxy> proxy,
      String region,
      AwsCredentialsProvider credentials,
      String address) {
    String path = Optional.ofNullable(base.normalize().getRawPath()).orElse("");
    this.pathPrefix = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    this.target = Target.of(base, proxy);
    this.connections =
        new Connections(
            target,
            new Connections.Timeouts(CONNECT_TIMEOUT, READ_TIMEOUT),
            (SSLSocketFactory) SSLSocketFactory.getDefault());
    this.credentials = credentials;
    this.signer = new Signer(region, "sagemaker");
    this.clock = InstantSource.system();
    this.address = address;
  }

  /**
   * Connects as the standard AWS environment says: profile, region, credentials, endpoint URLs,
   * proxy.
   *
   * @param region comes before the environment's; absent for that
   * @throws OperationFailed if there is no region, or the environment can't be read
   */
  public static SageMakerRuntimeClient fromEnvironment(Optional<String> region) {
    return in(AwsEnvironment.of(region, System.getenv()));
  }

  /** Connects as an environment says that was read already. */
  static SageMakerRuntimeClient in(AwsEnvironment environment) {
    Optional<URI> address = environment.endpoint("SAGEMAKER_RUNTIME");
    URI base = address.orElseGet(() -> environment.address("runtime.sagemaker"));
    return new SageMakerRuntimeClient(
        base,
        environment.proxy(base),
        environment.region(),
        environment.credentials(),
        address.map(URI::toString).orElse("SageMaker Runtime"));
  }

  /**
   * Connects to one address with the credentials given, whatever the environment says: no profile,
   * no proxy, no other endpoint URL is looked at.
   *
   * @param endpoint the base address, such as {@code http://127.0.0.1:8080}
   * @param region as a local target has it
   */
  public static SageMakerRuntimeClient at(
      URI endpoint, String region, String accessKeyId, String secretAccessKey) {
    return new SageMakerRuntimeClient(
        endpoint,
        Optional.empty(),
        region,
        StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKeyId, secretAccessKey)),
        endpoint.toString());
  }

  /** Does something with the answer to a request. */
  private interface Reading<T> {
    T read(Answer answer) throws IOException;
  }

  @Override
  public byte[] invoke(Invocation invocation) {
    return ask(
        invocation.endpoint(),
        "invocations",
        headers(invocation, "accept"),
        invocation.body(),
        invocation.deadline(),
        Answer::whole);
  }

  @Override
  public void stream(Invocation invocation, PartSink sink) {
    ask(
        invocation.endpoint(),
        "invocations-response-stream",
        headers(invocation, "x-amzn-sagemaker-accept"),
        invocation.body(),
        invocation.deadline(),
        answer -> {
          read(answer, invocation, sink);
          return sink;
        });
  }

  private void read(Answer answer, Invocation invocation, PartSink sink) throws IOException {
    EventReader events = new EventReader(answer.stream());
    for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
      if (invocation.deadline().over()) {
        // Also when parts keep coming: an answer may not outlive its time.
        throw new SocketTimeoutException("the time was over");
      }
      Event event = next.get();
      switch (event.header(":message-type")) {
        case "event" -> {
          if (event.header(":event-type").equals("PayloadPart")) {
            sink.accept(event.payload());
          }
        }
        case "exception", "error" ->
            throw failures(invocation.endpoint()).of(ServiceError.of(event));
        default -> {
          // A kind of message that this version does not know.
        }
      }
    }
  }

  @Override
  public AsyncPlaces begin(AsyncInvocation invocation) {
    return ask(
        invocation.endpoint(),
        "async-invocations",
        List.of(
            new Header("x-amzn-sagemaker-content-type", invocation.contentType()),
            new Header("x-amzn-sagemaker-accept", invocation.accept()),
            new Header("x-amzn-sagemaker-inputlocation", invocation.input()),
            new Header(
                "x-amzn-sagemaker-invocationtimeoutseconds",
                Long.toString(Math.max(1, invocation.timeout().toSeconds())))),
        new byte[0],
        Deadline.in(READ_TIMEOUT),
        answer -> {
          answer.whole();
          return new AsyncPlaces(
              answer.header("x-amzn-sagemaker-outputlocation").orElse(""),
              answer.header("x-amzn-sagemaker-failurelocation"));
        });
  }

  private static List<Header> headers(Invocation invocation, String accept) {
    List<Header> headers = new ArrayList<>(4);
    headers.add(new Header("content-type", invocation.contentType()));
    headers.add(new Header(accept, invocation.accept()));
    invocation
        .component()
        .ifPresent(name -> headers.add(new Header("x-amzn-sagemaker-inference-component", name)));
    return headers;
  }

  private <T> T ask(
      EndpointName endpoint,
      String operation,
      List<Header> headers,
      byte[] body,
      Deadline deadline,
      Reading<T> reading) {
    RuntimeFailures failures = failures(endpoint);
    try {
      String path = pathPrefix + "/endpoints/" + endpoint.value() + "/" + operation;
      List<Header> all = new ArrayList<>(headers);
      all.add(new Header("host", target.authority()));
      List<Header> signed = signer.sign(path, all, body, keys(failures), clock.instant());
      try (Answer answer = connections.post(path, signed, body, deadline)) {
        if (!answer.succeeded()) {
          throw failures.of(ServiceError.of(answer));
        }
        return reading.read(answer);
      }
    } catch (InterruptedException interrupted) {
      throw interrupted();
    } catch (IOException e) {
      throw stopped() ? interrupted() : failures.transport(e);
    }
  }

  /** Asks for the credentials each time: their provider keeps them, and renews those that end. */
  private Keys keys(RuntimeFailures failures) {
    AwsCredentials found;
    try {
      found = credentials.resolveCredentials();
    } catch (SdkException e) {
      throw stopped() ? interrupted() : failures.credentials(e);
    }
    return new Keys(
        found.accessKeyId(),
        found.secretAccessKey(),
        found instanceof AwsSessionCredentials session
            ? Optional.of(session.sessionToken())
            : Optional.empty());
  }

  private RuntimeFailures failures(EndpointName endpoint) {
    return new RuntimeFailures(endpoint, address);
  }

  private static boolean stopped() {
    return Thread.currentThread().isInterrupted();
  }

  private static Interrupted interrupted() {
    Thread.currentThread().interrupt();
    return new Interrupted(
        "The wait for the endpoint was interrupted",
        "this process was told to stop.",
        "Ask again.");
  }

  @Override
  public void close() {
    connections.close();
  }
}
