package dev.slipway.local.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("StringConcatToTextBlock") // a text block would hide the CRLFs
class S3ProtocolTest {
  private static final String SIGNED =
      "Authorization: AWS4-HMAC-SHA256 Credential=any/20261122/eu-west-1/s3/aws4_request,"
          + " SignedHeaders=host, Signature=0\r\n";
  private static final int PATIENCE_MILLIS = 20_000;

  private Path folder;
  private ObjectServer server;

  @BeforeEach
  void start(@TempDir Path temporary) throws IOException {
    folder = temporary.resolve("s3");
    server = ObjectServer.start(folder, 0);
    server.store().ensureBucket("things");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Socket open() throws IOException {
    Socket socket = new Socket(server.url().getHost(), server.url().getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private String exchange(String request) throws IOException {
    try (Socket socket = open()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String request(String method, String target, String headers, String body) {
    return method
        + " "
        + target
        + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        + SIGNED
        + headers
        + (headers.contains("Transfer-Encoding") ? "" : "Content-Length: " + body.length() + "\r\n")
        + "\r\n"
        + body;
  }

  private String put(String headers, String body) throws IOException {
    return exchange(request("PUT", "/things/k", headers, body));
  }

  private String stored() throws IOException {
    try (ObjectStore.OpenObject object =
        server.store().open(new ObjectUri("things", "k")).orElseThrow()) {
      return new String(object.body().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private boolean absent() {
    return server.store().find(new ObjectUri("things", "k")).isEmpty();
  }

  @Test
  void aChunkedBodyWithATrailerIsDecodedAndItsSumIsChecked() throws IOException {
    // CRC-32 of the nine digits.
    String crc =
        Base64.getEncoder().encodeToString(new byte[] {(byte) 0xcb, (byte) 0xf4, 0x39, 0x26});
    String headers =
        "Content-Encoding: aws-chunked\r\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n"
            + "x-amz-decoded-content-length: 9\r\nx-amz-trailer: x-amz-checksum-crc32\r\n";
    String body = "4\r\n1234\r\n5\r\n56789\r\n0\r\nx-amz-checksum-crc32:" + crc + "\r\n\r\n";
    assertThat(put(headers, body))
        .startsWith("HTTP/1.1 200 ")
        .containsIgnoringCase("x-amz-checksum-crc32: " + crc);
    assertThat(stored()).isEqualTo("123456789");
    assertThat(
            server.store().find(new ObjectUri("things", "k")).orElseThrow().description().headers())
        .doesNotContainKey("content-encoding");
    server.store().delete(new ObjectUri("things", "k"));
    assertThat(put(headers, body.replace("1234", "1235")))
        .startsWith("HTTP/1.1 400 ")
        .contains("<Code>BadDigest</Code>");
    assertThat(put(headers, body.replace("x-amz-checksum-crc32:" + crc + "\r\n", "")))
        .contains("<Code>IncompleteBody</Code>");
    assertThat(put(headers.replace("length: 9", "length: 8"), body))
        .contains("<Code>IncompleteBody</Code>");
    assertThat(absent()).isTrue();
    String chunked = Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
    assertThat(put(headers + "Transfer-Encoding: chunked\r\n", chunked))
        .startsWith("HTTP/1.1 200 ");
    assertThat(stored()).isEqualTo("123456789");
  }

  @Test
  void wrongSumsInHeadersAreRefused() throws IOException {
    assertThat(put("Content-MD5: XUFAKrxLKna5cZ2REBfFkg==\r\n", "hello"))
        .startsWith("HTTP/1.1 200 ");
    server.store().delete(new ObjectUri("things", "k"));
    assertThat(put("Content-MD5: XUFAKrxLKna5cZ2REBfFkg==\r\n", "hallo")).contains("BadDigest");
    assertThat(put("Content-MD5: xx\r\n", "hello")).contains("InvalidDigest");
    assertThat(put("x-amz-content-sha256: " + "0".repeat(64) + "\r\n", "hello"))
        .contains("XAmzContentSHA256Mismatch");
    assertThat(put("x-amz-checksum-sha256: AAAA\r\n", "hello")).contains("BadDigest");
    assertThat(absent()).isTrue();
    try (Stream<Path> left = Files.list(folder.resolve("buckets/things/bytes"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aClientThatWaitsForLeaveIsToldToGoOnOrRefusedAtOnce() throws IOException {
    String head =
        "PUT /%s HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"
            + SIGNED
            + "\r\n";
    try (Socket socket = open()) {
      socket
          .getOutputStream()
          .write(head.formatted("things/k").getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      assertThat(new String(in.readNBytes(25), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(in.readNBytes(15), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 200 OK");
    }
    assertThat(stored()).isEqualTo("hello");
    assertThat(exchange(head.formatted("nothing/k")))
        .startsWith("HTTP/1.1 404 ")
        .contains("<Code>NoSuchBucket</Code>");
  }

  @Test
  void anUploadThatIsCutShortLeavesNothing() throws Exception {
    try (Socket socket = open()) {
      socket
          .getOutputStream()
          .write(
              request("PUT", "/things/k", "", "hello")
                  .replace("Length: 5", "Length: 500")
                  .getBytes(StandardCharsets.US_ASCII));
    }
    long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
    Path bytes = folder.resolve("buckets/things/bytes");
    boolean empty = false;
    while (!empty && System.nanoTime() < deadline) {
      try (Stream<Path> left = Files.list(bytes)) {
        empty = left.findAny().isEmpty();
      }
    }
    assertThat(empty).isTrue();
    assertThat(absent()).isTrue();
  }

  @Test
  void theErrorsAreS3s() throws IOException {
    assertThat(exchange(request("GET", "/things/none", "", "")))
        .startsWith("HTTP/1.1 404 ")
        .containsIgnoringCase("Content-Type: application/xml")
        .contains("<Error><Code>NoSuchKey</Code>")
        .contains("<Resource>/things/none</Resource>")
        .contains("<RequestId>");
    assertThat(exchange(request("HEAD", "/things/none", "", "")))
        .startsWith("HTTP/1.1 404 ")
        .endsWith("\r\n\r\n");
    assertThat(exchange(request("GET", "/things/none", "", "").replace(SIGNED, "")))
        .startsWith("HTTP/1.1 403 ")
        .contains("<Code>AccessDenied</Code>");
    assertThat(exchange(request("GET", "/things/%zz", "", ""))).contains("InvalidURI");
    assertThat(exchange(request("GET", "/things/%ff", "", ""))).contains("InvalidURI");
    assertThat(exchange(request("GET", "/things/" + "x".repeat(1025), "", "")))
        .contains("KeyTooLongError");
    assertThat(exchange(request("GET", "/../etc/passwd", "", ""))).contains("InvalidBucketName");
    assertThat(exchange(request("GET", "/%2e%2e/x", "", ""))).contains("InvalidBucketName");
    assertThat(exchange(request("PATCH", "/things/k", "", ""))).contains("MethodNotAllowed");
    assertThat(exchange(request("POST", "/things?delete", "", "<Delete><Object>")))
        .contains("MalformedXML");
  }

  @Test
  void entitiesInADocumentAreRefused() throws IOException {
    String bomb =
        "<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Delete><Object><Key>&x;</Key>"
            + "</Object></Delete>";
    assertThat(exchange(request("POST", "/things?delete", "", bomb)))
        .contains("<Code>MalformedXML</Code>")
        .doesNotContain("root:");
  }

  @Test
  void randomRequestsNeverFailTheServerNorLeaveTheFolder() throws IOException {
    long seed = 99;
    Random random = new Random(seed);
    for (int i = 0; i < 400; i++) {
      String request = random(random);
      assertThat(exchange(request))
          .as("seed %d, request %d: %s", seed, i, request)
          .doesNotStartWith("HTTP/1.1 500")
          .doesNotContain("\tat ");
    }
    assertThat(put("", "alive")).startsWith("HTTP/1.1 200 ");
    assertThat(stored()).isEqualTo("alive");
    try (Stream<Path> around = Files.list(folder.getParent())) {
      assertThat(around).containsExactly(folder);
    }
    try (Stream<Path> inside = Files.list(folder)) {
      assertThat(inside)
          .containsExactlyInAnyOrder(folder.resolve("buckets"), folder.resolve("lock"));
    }
  }

  private static String random(Random random) {
    String[] methods = {"GET", "PUT", "HEAD", "DELETE", "POST", "OPTIONS"};
    String[] paths = {
      "/",
      "//",
      "/things",
      "/things/",
      "/things/../../x",
      "/things/%2e%2e%2f%2e%2e%2fx",
      "/things/%00",
      "/things/" + noise(random, 60),
      "/" + noise(random, 30),
      "/../x/y",
      "/things/" + encoded(random)
    };
    String[] queries = {
      "",
      "?uploads",
      "?uploadId=" + noise(random, 40),
      "?partNumber=1&uploadId=..%2f..",
      "?list-type=2&max-keys=" + noise(random, 8),
      "?list-type=2&continuation-token=" + noise(random, 9),
      "?delete",
      "?location",
      "?acl",
      "?" + noise(random, 20),
      "?prefix=%",
      "?part-number-marker=-1",
      "?response-content-type=" + encoded(random)
    };
    String[] headers = {
      "",
      "Range: bytes=" + noise(random, 8) + "\r\n",
      "If-Match: " + noise(random, 8) + "\r\n",
      "x-amz-copy-source: " + noise(random, 30) + "\r\n",
      "Content-MD5: " + noise(random, 24) + "\r\n",
      "Content-Encoding: aws-chunked\r\n",
      "x-amz-decoded-content-length: " + noise(random, 5) + "\r\n",
      "x-amz-meta-" + random.nextInt(9) + ": " + noise(random, 30) + "\r\n",
      "If-Modified-Since: " + noise(random, 20) + "\r\n",
      "x-amz-checksum-crc32: " + noise(random, 8) + "\r\n",
      "Content-Type: " + noise(random, 20) + "\r\n"
    };
    return request(
        methods[random.nextInt(methods.length)],
        paths[random.nextInt(paths.length)] + queries[random.nextInt(queries.length)],
        headers[random.nextInt(headers.length)],
        random.nextBoolean() ? "" : noise(random, 100));
  }

  private static String encoded(Random random) {
    StringBuilder text = new StringBuilder();
    for (int left = 1 + random.nextInt(20); left > 0; left--) {
      text.append('%').append("%02x".formatted(random.nextInt(128)));
    }
    return text.toString();
  }

  private static String noise(Random random, int most) {
    StringBuilder noise = new StringBuilder();
    for (int left = random.nextInt(most + 1); left > 0; left--) {
      int c = random.nextInt(20) == 0 ? random.nextInt(256) : '!' + random.nextInt(94);
      noise.append((char) (c == '\r' || c == '\n' ? '.' : c));
    }
    return noise.toString();
  }
}
