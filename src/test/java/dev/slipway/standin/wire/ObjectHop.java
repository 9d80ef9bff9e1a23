package dev.slipway.standin.wire;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.Set;

/** Hands S3's requests on to the server of the buckets, and its answers back, streamed. */
final class ObjectHop {
  /** What is of one connection, or set by the client itself. */
  private static final Set<String> OWN =
      Set.of(
          "host",
          "connection",
          "content-length",
          "expect",
          "upgrade",
          "transfer-encoding",
          "http2-settings");

  private final URI server;
  private final HttpClient client;

  ObjectHop(URI server, HttpClient client) {
    this.server = server;
    this.client = client;
  }

  /** Returns the operation that a request is, in S3's words. */
  static String operation(ServerRequest request) {
    String method = request.prologue().method().text();
    String query = "&" + request.prologue().query().rawValue();
    boolean key = request.prologue().uriPath().rawPath().matches("/[^/]+/.+");
    if (query.contains("&uploadId=")) {
      return switch (method) {
        case "PUT" -> "UploadPart";
        case "POST" -> "CompleteMultipartUpload";
        case "DELETE" -> "AbortMultipartUpload";
        default -> "ListParts";
      };
    }
    if (query.startsWith("&uploads") || query.contains("&uploads")) {
      return method.equals("POST") ? "CreateMultipartUpload" : "ListMultipartUploads";
    }
    return switch (method) {
      case "PUT" -> key ? "PutObject" : "CreateBucket";
      case "HEAD" -> key ? "HeadObject" : "HeadBucket";
      case "DELETE" -> key ? "DeleteObject" : "DeleteBucket";
      case "POST" -> "DeleteObjects";
      default -> key ? "GetObject" : "ListObjectsV2";
    };
  }

  /**
   * Hands a request on.
   *
   * @return the answer, of which nothing has gone out yet
   */
  HttpResponse<InputStream> send(ServerRequest request) throws IOException {
    String query = request.prologue().query().rawValue();
    String path = request.prologue().uriPath().rawPath();
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create(server + path + (query.isEmpty() ? "" : "?" + query)));
    request
        .headers()
        .forEach(
            header -> {
              if (!OWN.contains(header.name().toLowerCase(Locale.ROOT))) {
                header.allValues().forEach(value -> builder.header(header.name(), value));
              }
            });
    builder.method(request.prologue().method().text(), body(request));
    try {
      return client.send(builder.build(), BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static BodyPublisher body(ServerRequest request) {
    if (!request.content().hasEntity()) {
      return BodyPublishers.noBody();
    }
    BodyPublisher stream = BodyPublishers.ofInputStream(() -> request.content().inputStream());
    return request
        .headers()
        .first(HeaderNames.CONTENT_LENGTH)
        .map(Long::parseLong)
        .map(length -> BodyPublishers.fromPublisher(stream, length))
        .orElse(stream);
  }

  /** Passes an answer back. */
  static void pass(HttpResponse<InputStream> answer, RoutingResponse response) throws IOException {
    response.status(Status.create(answer.statusCode()));
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (!lower.startsWith(":")
                  && !lower.equals("connection")
                  && !lower.equals("transfer-encoding")) {
                response.header(HeaderNames.create(name), values.toArray(String[]::new));
              }
            });
    boolean empty =
        answer.request().method().equals("HEAD")
            || answer.statusCode() == 204
            || answer.statusCode() == 304;
    try (InputStream body = answer.body()) {
      if (empty) {
        response.send();
        return;
      }
      try (OutputStream out = response.outputStream()) {
        body.transferTo(out);
      }
    }
  }
}
