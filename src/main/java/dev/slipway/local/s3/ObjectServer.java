package dev.slipway.local.s3;

import dev.slipway.failure.OperationFailed;
import dev.slipway.local.loopback.CallerWatch;
import dev.slipway.local.loopback.LoopbackServer;
import dev.slipway.local.loopback.SigV4;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks the part of the S3 API that clients need to read, write, list, copy and upload objects, on
 * loopback and path-style, over a folder. Any SigV4 credentials are taken and none are checked;
 * requests without are refused, as are settings that it doesn't have (versions, ACLs, policies).
 * Thread-safe.
 */
public final class ObjectServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ObjectServer.class);

  private final FolderStore store;
  private final LoopbackServer server;

  private ObjectServer(FolderStore store, LoopbackServer server) {
    this.store = store;
    this.server = server;
  }

  /**
   * Opens the store in a folder, which is made, readable by this user only, if it is missing, and
   * starts listening.
   *
   * @param port to listen on; 0 takes a free one
   * @throws OperationFailed {@code port_in_use}, {@code store_in_use}, or {@code store_unreadable}
   */
  public static ObjectServer start(Path folder, int port) {
    FolderStore store;
    try {
      store = FolderStore.open(folder);
    } catch (IOException e) {
      throw new OperationFailed(
          "store_unreadable",
          "Cannot open the local object store in " + folder,
          "reading it failed: " + e.getMessage(),
          "Check that the folder is yours and that the disk is not full.",
          false,
          e);
    }
    try {
      return new ObjectServer(
          store, LoopbackServer.start("the local object store", port, new Protocol(store)));
    } catch (OperationFailed e) {
      close(store);
      throw e;
    }
  }

  /** Returns where it listens: the value of {@code AWS_ENDPOINT_URL_S3}. */
  public URI url() {
    return server.url();
  }

  /** Returns the same objects, for code in this process. It works until this server is closed. */
  public ObjectStore store() {
    return store;
  }

  @Override
  public void close() {
    server.close();
    close(store);
  }

  private static void close(FolderStore store) {
    try {
      store.close();
    } catch (IOException e) {
      LOG.warn("Cannot let go of the local object store's lock", e);
    }
  }

  private static final class Protocol implements LoopbackServer.Protocol {
    private final BucketRoutes buckets;
    private final ObjectRoutes objects;

    Protocol(FolderStore store) {
      this.buckets = new BucketRoutes(store);
      this.objects = new ObjectRoutes(store);
    }

    @Override
    public void answer(ServerRequest http, RoutingResponse response, CallerWatch.Caller caller) {
      String id = requestId();
      response.header(HeaderNames.create("x-amz-request-id"), id);
      try {
        if (SigV4.of(http).isEmpty()) {
          throw new S3Failure(
              S3Failure.Code.ACCESS_DENIED, "Access Denied: the request isn't signed");
        }
        S3Request request = S3Request.of(http);
        if (request.bucket().isEmpty()) {
          buckets.answerStore(request, response);
        } else if (request.key().isEmpty()) {
          buckets.answer(request, response);
        } else {
          objects.answer(request, response);
        }
      } catch (S3Failure e) {
        refuse(http, response, id, e);
      } catch (CloseConnectionException e) {
        throw e;
      } catch (IOException | RuntimeException e) {
        failed(http, response, id, e);
      }
    }

    private static void failed(
        ServerRequest http, RoutingResponse response, String id, Exception e) {
      if (callerGone(e)) {
        throw new CloseConnectionException("The caller is gone", e);
      }
      LOG.error("Request {} to the local object store failed", id, e);
      refuse(
          http,
          response,
          id,
          new S3Failure(
              S3Failure.Code.INTERNAL_ERROR,
              "We encountered an internal error. Please try again."));
    }

    private static boolean callerGone(Throwable e) {
      for (Throwable one = e; one != null; one = one.getCause()) {
        if (one instanceof SocketException
            || one instanceof SocketTimeoutException
            || one
                instanceof io.helidon.common.buffers.DataReader.InsufficientDataAvailableException
            || one instanceof io.helidon.http.RequestException) {
          return true;
        }
      }
      return false;
    }

    private static void refuse(
        ServerRequest http, RoutingResponse response, String id, S3Failure failure) {
      if (!response.reset()) {
        throw new CloseConnectionException("The answer has begun already", failure);
      }
      LoopbackServer.leaveBodyUnread(http, response);
      response.header(HeaderNames.create("x-amz-request-id"), id);
      response.status(Status.create(failure.code().status()));
      response.header(HeaderNames.CONTENT_TYPE, "application/xml");
      boolean bodiless = http.prologue().method().text().equals("HEAD");
      byte[] xml = error(failure, http.prologue().uriPath().rawPath(), id);
      if (bodiless) {
        response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(xml.length));
        response.send();
      } else {
        response.send(xml);
      }
    }

    private static byte[] error(S3Failure failure, String resource, String id) {
      return new XmlAnswer()
          .open("Error")
          .put("Code", failure.code().text())
          .put("Message", String.valueOf(failure.getMessage()))
          .put("Resource", resource)
          .put("RequestId", id)
          .close("Error")
          .bytes();
    }

    @Override
    public DirectHandler unreadable() {
      return (request, type, status, headers, message) ->
          DirectHandler.TransportResponse.builder()
              .status(status)
              .headers(headers)
              .keepAlive(false)
              .header(HeaderNames.CONTENT_TYPE, "application/xml")
              .header(HeaderNames.create("x-amz-request-id"), requestId())
              .entity(
                  new XmlAnswer()
                      .open("Error")
                      .put("Code", "BadRequest")
                      .put("Message", "An error occurred when parsing the HTTP request.")
                      .close("Error")
                      .bytes())
              .build();
    }

    private static String requestId() {
      return UUID.randomUUID()
          .toString()
          .replace("-", "")
          .substring(0, 16)
          .toUpperCase(Locale.ROOT);
    }
  }
}
