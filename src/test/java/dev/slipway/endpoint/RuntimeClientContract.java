package dev.slipway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slipway.failure.EndpointFailure;
import dev.slipway.failure.EndpointFailure.Kind;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every runtime client keeps. */
public abstract class RuntimeClientContract {

  /** Returns a client whose endpoint "chat" answers these parts. */
  protected abstract RuntimeClient answering(byte[]... parts);

  /** Returns a client whose endpoint "chat" breaks off after these parts. */
  protected abstract RuntimeClient breakingOffAfter(byte[]... parts);

  /** Returns a client that knows no endpoint. */
  protected abstract RuntimeClient knowingNothing();

  /** Returns an invocation of the endpoint "chat". */
  protected static RuntimeClient.Invocation invocation(Duration time) {
    return new RuntimeClient.Invocation(
        new EndpointName("chat"),
        Optional.empty(),
        "application/json",
        "application/json",
        Streams.bytes("{}"),
        Deadline.in(time));
  }

  private static RuntimeClient.Invocation invocation() {
    return invocation(Duration.ofSeconds(20));
  }

  @Test
  void answersWholeWithTheContainersBytes() {
    byte[] body = {0, 1, (byte) 0xff, '\n'};

    assertThat(answering(body).invoke(invocation())).isEqualTo(body);
  }

  @Test
  void streamsEveryByteInOrderOnTheCallersThread() {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    List<Thread> threads = new ArrayList<>();

    answering(Streams.bytes("data: a\n\nda"), new byte[] {(byte) 0xc3}, Streams.bytes("ta: b"))
        .stream(
            invocation(),
            part -> {
              received.writeBytes(part);
              threads.add(Thread.currentThread());
            });

    assertThat(received.toByteArray())
        .isEqualTo(
            new byte[] {
              'd',
              'a',
              't',
              'a',
              ':',
              ' ',
              'a',
              '\n',
              '\n',
              'd',
              'a',
              (byte) 0xc3,
              't',
              'a',
              ':',
              ' ',
              'b'
            });
    assertThat(threads).containsOnly(Thread.currentThread());
  }

  @Test
  void whatTheSinkThrowsReachesTheCallerUnchanged() {
    IllegalStateException gone = new IllegalStateException("the client is gone");

    assertThatThrownBy(
            () ->
                answering(Streams.bytes("one"), Streams.bytes("two")).stream(
                    invocation(),
                    part -> {
                      throw gone;
                    }))
        .isSameAs(gone);
  }

  @Test
  void aStreamThatBreaksOffIsAFailureAfterItsParts() {
    ByteArrayOutputStream received = new ByteArrayOutputStream();

    EndpointFailure failure =
        catchThrowableOfType(
            EndpointFailure.class,
            () ->
                breakingOffAfter(Streams.bytes("one"), Streams.bytes("two")).stream(
                    invocation(), received::writeBytes));

    assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(received.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("onetwo");
  }

  @Test
  void anUnknownEndpointIsNotFound() {
    EndpointFailure whole =
        catchThrowableOfType(EndpointFailure.class, () -> knowingNothing().invoke(invocation()));
    EndpointFailure streamed =
        catchThrowableOfType(
            EndpointFailure.class, () -> knowingNothing().stream(invocation(), part -> {}));

    assertThat(whole.kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(streamed.kind()).isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void aDeadlineThatIsOverIsATimeout() {
    EndpointFailure failure =
        catchThrowableOfType(
            EndpointFailure.class,
            () -> answering(Streams.bytes("late")).invoke(invocation(Duration.ZERO)));

    assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
  }
}
