package dev.slipway.bench;

import dev.slipway.bench.Wire.Request;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A Hub and an object store on loopback, in a process of their own: one serves a folder's files by
 * ranges from the page cache, the other keeps parts as files, without hashing anything. {@code GET
 * /-/parts} tells each part that arrived whole, as {@code key#number}.
 */
final class StandIns {

  /** The list of the model's files, as the Hub answers it, beside them. */
  static final String TREE = "tree.json";

  private static final String COMMIT = "0123456789012345678901234567890123456789";

  private record Stored(List<Path> parts, long size, String etag, String sha256) {}

  private record Upload(String key, String sha256, NavigableMap<Integer, Path> parts) {}

  private final Path models;
  private final Path store;
  private final NavigableMap<String, Stored> objects = new TreeMap<>();
  private final NavigableMap<String, Upload> uploads = new TreeMap<>();
  private final List<String> arrived = new ArrayList<>();
  private final AtomicInteger names = new AtomicInteger();

  private StandIns(Path models, Path store) {
    this.models = models;
    this.store = store;
  }

  /** Serves the files of the first folder, keeps objects in the second, and prints both ports. */
  public static void main(String... folders) throws IOException {
    var both = new StandIns(Path.of(folders[0]), Path.of(folders[1]));
    System.out.println(Wire.serve(both::file) + " " + Wire.serve(both::object));
  }

  /** Speaks as much of the Hub's API as resolving one model takes; any other path is a file. */
  private void file(Request request) throws IOException {
    String path = request.path();
    if (path.startsWith("/api/models/bench/model/revision/")) {
      Wire.send(request, 200, "", bytes("{\"sha\":\"" + COMMIT + "\"}"));
      return;
    }
    if (path.startsWith("/api/models/bench/model/tree/")) {
      Wire.send(request, 200, "", Files.readAllBytes(models.resolve(TREE)));
      return;
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    try (FileChannel file = FileChannel.open(models.resolve(name))) {
      String headers = "X-Repo-Commit: " + COMMIT + "\r\nETag: \"" + name + "\"\r\n";
      serve(request, List.of(file), file.size(), headers);
    }
  }

  private static void serve(Request request, List<FileChannel> files, long size, String headers)
      throws IOException {
    long from = 0;
    long to = size;
    String range = request.headers().get("range");
    if (range != null) {
      String[] ends = range.substring("bytes=".length()).split("-", 2);
      from = Long.parseLong(ends[0]);
      to = Long.parseLong(ends[1]) + 1;
    }
    String contentRange =
        range == null ? "" : "Content-Range: bytes " + from + "-" + (to - 1) + "/" + size + "\r\n";
    Wire.head(request, range == null ? 200 : 206, headers + contentRange, to - from);
    if (request.method().equals("HEAD")) {
      return;
    }
    long begin = 0;
    for (FileChannel file : files) {
      long end = begin + file.size();
      long at = Math.max(from, begin);
      while (at < Math.min(to, end)) {
        at += file.transferTo(at - begin, Math.min(to, end) - at, request.socket());
      }
      begin = end;
    }
  }

  private void object(Request request) throws IOException {
    String[] path = request.path().substring(1).split("/", 2);
    String key = path.length < 2 ? "" : path[1];
    Map<String, String> query = request.query();
    switch (request.method()) {
      case "PUT" -> put(request, key);
      case "POST" -> post(request, key);
      case "DELETE" -> {
        if (request.path().equals("/-/all")) {
          forget();
        }
        synchronized (this) {
          uploads.remove(query.getOrDefault("uploadId", ""));
          objects.remove(query.containsKey("uploadId") ? "" : key);
        }
        Wire.send(request, 204, "", new byte[0]);
      }
      default -> {
        if (request.path().equals("/-/parts")) {
          Wire.send(request, 200, "", bytes(String.join("\n", arrived())));
        } else if (key.isEmpty() || query.containsKey("uploadId")) {
          Wire.send(request, query.containsKey("versions") ? 501 : 200, "", bytes(list(query)));
        } else {
          get(request, key);
        }
      }
    }
  }

  private synchronized void forget() throws IOException {
    objects.clear();
    uploads.clear();
    try (Stream<Path> files = Files.list(store)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  private synchronized List<String> arrived() {
    return List.copyOf(arrived);
  }

  private void get(Request request, String key) throws IOException {
    Stored stored;
    synchronized (this) {
      stored = objects.get(key);
    }
    if (stored == null) {
      Wire.send(request, 404, "", new byte[0]);
      return;
    }
    List<FileChannel> files = new ArrayList<>();
    try {
      for (Path part : stored.parts()) {
        files.add(FileChannel.open(part));
      }
      serve(
          request,
          files,
          stored.size(),
          "ETag: \""
              + stored.etag()
              + "\"\r\nLast-Modified: Sun, 22 Nov 2026 00:00:00 GMT\r\n"
              + (stored.sha256().isEmpty()
                  ? ""
                  : "x-amz-meta-slipway-sha256: " + stored.sha256() + "\r\n"));
    } finally {
      for (FileChannel file : files) {
        file.close();
      }
    }
  }

  private void put(Request request, String key) throws IOException {
    String id = request.query().getOrDefault("uploadId", "");
    Path file = store.resolve("o" + names.incrementAndGet());
    boolean chunked = request.headers().getOrDefault("content-encoding", "").contains("chunked");
    if (chunked) {
      Files.write(file, request.small());
    } else {
      keep(request, file);
    }
    String etag = file.getFileName().toString();
    synchronized (this) {
      if (id.isEmpty()) {
        objects.put(key, new Stored(List.of(file), Files.size(file), etag, ""));
      } else {
        int number = Integer.parseInt(request.query().get("partNumber"));
        uploads.get(id).parts().put(number, file);
        arrived.add(key + "#" + number);
      }
    }
    Wire.send(request, 200, "ETag: \"" + etag + "\"\r\n", new byte[0]);
  }

  private static void keep(Request request, Path file) throws IOException {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long left = request.length();
      // What came along with the head, then straight from the socket.
      byte[] first = request.body().readNBytes((int) Math.min(left, request.body().held()));
      out.write(ByteBuffer.wrap(first));
      left -= first.length;
      ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
      while (left > 0) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), left));
        int count = request.socket().read(buffer);
        if (count < 0) {
          throw new EOFException();
        }
        left -= count;
        out.write(buffer.flip());
      }
    }
  }

  private void post(Request request, String key) throws IOException {
    byte[] body = request.small();
    String answer;
    synchronized (this) {
      if (request.query().containsKey("uploads")) {
        String id = "u" + names.incrementAndGet();
        String sha256 = request.headers().getOrDefault("x-amz-meta-slipway-sha256", "");
        uploads.put(id, new Upload(key, sha256, new TreeMap<>()));
        answer =
            "<InitiateMultipartUploadResult><UploadId>"
                + id
                + "</UploadId></InitiateMultipartUploadResult>";
      } else if (request.query().containsKey("delete")) {
        String[] keys = new String(body, StandardCharsets.UTF_8).split("<Key>");
        for (int i = 1; i < keys.length; i++) {
          objects.remove(keys[i].substring(0, keys[i].indexOf('<')));
        }
        answer = "<DeleteResult></DeleteResult>";
      } else {
        Upload upload = uploads.remove(request.query().get("uploadId"));
        List<Path> parts = List.copyOf(upload.parts().values());
        long size = 0;
        for (Path part : parts) {
          size += Files.size(part);
        }
        String etag = "m" + names.incrementAndGet() + "-" + parts.size();
        objects.put(key, new Stored(parts, size, etag, upload.sha256()));
        answer =
            "<CompleteMultipartUploadResult><ETag>\""
                + etag
                + "\"</ETag></CompleteMultipartUploadResult>";
      }
    }
    Wire.send(request, 200, "", bytes(answer));
  }

  private synchronized String list(Map<String, String> query) throws IOException {
    String prefix = query.getOrDefault("prefix", "");
    var xml = new StringBuilder();
    if (query.containsKey("uploads")) {
      xml.append("<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>");
      uploads.forEach(
          (id, upload) -> {
            if (upload.key().startsWith(prefix)) {
              xml.append("<Upload><Key>").append(upload.key()).append("</Key><UploadId>");
              xml.append(id).append("</UploadId>").append(time("Initiated")).append("</Upload>");
            }
          });
      return xml.append("</ListMultipartUploadsResult>").toString();
    }
    if (query.containsKey("uploadId")) {
      xml.append("<ListPartsResult><IsTruncated>false</IsTruncated>");
      for (var part : uploads.get(query.get("uploadId")).parts().entrySet()) {
        if (part.getKey() > Integer.parseInt(query.getOrDefault("part-number-marker", "0"))) {
          xml.append("<Part><PartNumber>").append(part.getKey()).append("</PartNumber><ETag>\"");
          xml.append(part.getValue().getFileName()).append("\"</ETag><Size>");
          xml.append(Files.size(part.getValue())).append("</Size></Part>");
        }
      }
      return xml.append("</ListPartsResult>").toString();
    }
    xml.append("<ListBucketResult><IsTruncated>false</IsTruncated>");
    objects.forEach(
        (key, stored) -> {
          if (key.startsWith(prefix)) {
            xml.append("<Contents><Key>").append(key).append("</Key>").append(time("LastModified"));
            xml.append("<ETag>\"").append(stored.etag()).append("\"</ETag><Size>");
            xml.append(stored.size()).append("</Size></Contents>");
          }
        });
    return xml.append("</ListBucketResult>").toString();
  }

  private static String time(String element) {
    return "<" + element + ">2026-11-22T00:00:00Z</" + element + ">";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
