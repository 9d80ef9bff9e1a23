package dev.slipway.local.runtime;

import dev.slipway.endpoint.Deadline;
import dev.slipway.local.loopback.CallerWatch;
import dev.slipway.local.runtime.ContainerFailure.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks containers over HTTP, on connections that are kept. An answer that is closed before its end
 * takes its connection with it, which is how a container learns that nobody reads on. Thread-safe.
 */
final class ContainerClient implements AutoCloseable {
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);

  /** How often a caller is looked at; that of a fast answer never is, and keeps its connection. */
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledThreadPoolExecutor clock;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(LONGEST_CONNECT)
          .executor(threads)
          .build();

  ContainerClient() {
    clock =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("slipway-runtime-clock").daemon().factory());
  }

  /**
   * Asks a container, and returns when the head of its answer is there.
   *
   * @param container its base address
   * @param headers for it
   * @param deadline until when the whole answer must have been read
   * @param caller for whom; once gone, the answer is given up
   * @throws ContainerFailure if there is no answer
   */
  Answer ask(
      URI container,
      Map<String, String> headers,
      BodyPublisher body,
      Deadline deadline,
      CallerWatch.Caller caller)
      throws ContainerFailure {
    HttpRequest.Builder request = HttpRequest.newBuilder(invocations(container)).POST(body);
    headers.forEach(request::setHeader);
    CompletableFuture<HttpResponse<InputStream>> answer =
        http.sendAsync(request.build(), BodyHandlers.ofInputStream());
    Watch watch = new Watch(answer, deadline, caller);
    watch.start();
    boolean answered = false;
    try {
      HttpResponse<InputStream> response = answer.get();
      watch.attach(response.body());
      answered = true;
      return new Answer(response, watch);
    } catch (CancellationException e) {
      throw watch.failure(e);
    } catch (ExecutionException e) {
      throw watch.failure(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.cancel(true);
      throw new ContainerFailure(Reason.UNWANTED, e);
    } finally {
      if (!answered) {
        watch.stop();
      }
    }
  }

  private static URI invocations(URI container) {
    String base = container.toString();
    return URI.create((base.endsWith("/") ? base : base + "/") + "invocations");
  }

  @Override
  public void close() {
    clock.shutdownNow();
    http.shutdownNow();
    threads.shutdownNow();
  }

  /** A container's answer; reading it blocks. Close it, or its connection stays open. */
  static final class Answer implements AutoCloseable {
    private final HttpResponse<InputStream> response;
    private final Watch watch;

    private Answer(HttpResponse<InputStream> response, Watch watch) {
      this.response = response;
      this.watch = watch;
    }

    int status() {
      return response.statusCode();
    }

    boolean successful() {
      return status() >= 200 && status() < 300;
    }

    /** Returns a header's value, absent if it is missing or could not be passed on. */
    Optional<String> header(String name) {
      return response.headers().firstValue(name).filter(InvocationReader::isPrintable);
    }

    /** Stops asking whether the caller is there: from now on, writing to it tells. */
    void callerTellsItself() {
      watch.leaveCaller();
    }

    /**
     * Returns the bytes as they come: one read returns what has arrived, and fails with a {@link
     * ContainerFailure}.
     */
    InputStream body() {
      InputStream body = response.body();
      return new InputStream() {
        @Override
        public int read() throws IOException {
          byte[] one = new byte[1];
          return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          int count;
          try {
            count = body.read(bytes, offset, length);
          } catch (IOException e) {
            throw watch.failure(e);
          }
          if (count < 0 && watch.ended()) {
            throw watch.failure(null);
          }
          return count;
        }
      };
    }

    @Override
    public void close() {
      watch.stop();
      try {
        response.body().close();
      } catch (IOException e) {
        // Closing is what was wanted.
      }
    }
  }

  /** Ends an exchange when its time is over or its caller is gone. Thread-safe. */
  private final class Watch implements Runnable {
    private final CompletableFuture<?> answer;
    private final Deadline deadline;
    private final CallerWatch.Caller caller;
    private @Nullable InputStream body;
    private @Nullable Reason ending;
    private boolean callerLeft;
    private boolean stopped;

    Watch(CompletableFuture<?> answer, Deadline deadline, CallerWatch.Caller caller) {
      this.answer = answer;
      this.deadline = deadline;
      this.caller = caller;
    }

    synchronized void start() {
      if (!stopped && !clock.isShutdown()) {
        var unused =
            clock.schedule(
                this,
                Math.min(TICK_NANOS, Math.max(1, deadline.remaining().toNanos())),
                TimeUnit.NANOSECONDS);
      }
    }

    @Override
    public synchronized void run() {
      if (stopped) {
        return;
      }
      if (deadline.over()) {
        end(Reason.LATE);
      } else if (!callerLeft && caller.gone()) {
        end(Reason.UNWANTED);
      } else {
        start();
      }
    }

    private void end(Reason reason) {
      ending = reason;
      stopped = true;
      answer.cancel(true);
      closeBody();
    }

    private void closeBody() {
      if (body != null) {
        try {
          body.close();
        } catch (IOException e) {
          // Closing is what was wanted.
        }
      }
    }

    synchronized void attach(InputStream answered) {
      body = answered;
      if (ending != null) {
        closeBody();
      }
    }

    synchronized void leaveCaller() {
      callerLeft = true;
    }

    synchronized boolean ended() {
      return ending != null;
    }

    synchronized void stop() {
      stopped = true;
    }

    synchronized ContainerFailure failure(@Nullable Throwable cause) {
      if (ending != null) {
        return new ContainerFailure(ending, cause);
      }
      boolean unreachable =
          cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
      return new ContainerFailure(unreachable ? Reason.UNREACHABLE : Reason.BROKEN, cause);
    }
  }
}
