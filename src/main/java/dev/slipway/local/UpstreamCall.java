package dev.slipway.local;

import dev.slipway.endpoint.Deadline;
import dev.slipway.local.loopback.CallerWatch;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls a server for a client that may leave: the call is closed, so that the server stops, once
 * the client is gone or the deadline over. For one exchange.
 */
final class UpstreamCall implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(100);

  private final HttpClient client;
  private final CallerWatch.Caller caller;
  private final Deadline deadline;
  private volatile boolean done;

  UpstreamCall(HttpClient client, CallerWatch.Caller caller, Deadline deadline) {
    this.client = client;
    this.caller = caller;
    this.deadline = deadline;
  }

  /** Says that nobody waits for the answer any more. */
  static final class Abandoned extends IOException {
    private static final long serialVersionUID = 1L;

    Abandoned(String why) {
      super(why);
    }
  }

  /**
   * Posts a body, and returns once the server's head is there. The body that comes back ends early
   * when the client leaves.
   *
   * @throws Abandoned if the client left or the deadline was over first
   * @throws IOException if the server can't be reached
   */
  HttpResponse<InputStream> post(URI address, String contentType, String accept, byte[] body)
      throws IOException, InterruptedException {
    // The first look only begins to see: it belongs before the answer's head.
    if (left()) {
      throw abandoned();
    }
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .header("Content-Type", contentType)
            .header("Accept", accept)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    CompletableFuture<HttpResponse<InputStream>> answer =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
    try {
      while (true) {
        try {
          HttpResponse<InputStream> response = answer.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
          Thread.ofVirtual().name("client-watch").start(() -> closeOnceLeft(response.body()));
          return response;
        } catch (TimeoutException e) {
          if (left()) {
            throw abandoned();
          }
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } finally {
      if (!answer.isDone()) {
        answer.cancel(true);
      }
    }
  }

  private Abandoned abandoned() {
    return new Abandoned(deadline.over() ? "its time was over" : "its client left");
  }

  private boolean left() {
    return caller.gone() || deadline.over();
  }

  private void closeOnceLeft(InputStream body) {
    try {
      while (!done) {
        if (left()) {
          body.close();
          return;
        }
        Thread.sleep(LOOK);
      }
    } catch (IOException | InterruptedException e) {
      // the exchange is over either way
    }
  }

  @Override
  public void close() {
    done = true;
  }
}
