package dev.slipway.trace.otlp;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/** Stands for a collector: decodes what it is sent, and answers as it is told. */
final class Collector implements AutoCloseable {
  final List<ExportTraceServiceRequest> requests = new CopyOnWriteArrayList<>();
  final List<Map<String, String>> headers = new CopyOnWriteArrayList<>();
  volatile int status = 200;
  private final HttpServer server;

  Collector() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/otel/v1/traces",
        exchange -> {
          Map<String, String> seen = new LinkedHashMap<>();
          exchange.getRequestHeaders().forEach((name, values) -> seen.put(name, values.getFirst()));
          headers.add(seen);
          InputStream body = exchange.getRequestBody();
          boolean gzip = "gzip".equals(seen.get("Content-encoding"));
          requests.add(
              ExportTraceServiceRequest.parseFrom(gzip ? new GZIPInputStream(body) : body));
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/otel");
  }

  List<Span> spans() {
    return requests.stream()
        .flatMap(request -> request.getResourceSpansList().stream())
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .toList();
  }

  Span span(String name) {
    return spans().stream().filter(span -> span.getName().equals(name)).findFirst().orElseThrow();
  }

  Map<String, String> resource() {
    return texts(requests.getFirst().getResourceSpans(0).getResource().getAttributesList());
  }

  static Map<String, String> texts(List<KeyValue> attributes) {
    Map<String, String> texts = new LinkedHashMap<>();
    attributes.forEach(each -> texts.put(each.getKey(), text(each.getValue())));
    return texts;
  }

  private static String text(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> Long.toString(value.getIntValue());
      case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      case ARRAY_VALUE ->
          value.getArrayValue().getValuesList().stream().map(Collector::text).toList().toString();
      default -> value.getValueCase().toString();
    };
  }

  static String hex(com.google.protobuf.ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
