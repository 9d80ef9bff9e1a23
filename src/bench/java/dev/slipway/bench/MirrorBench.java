package dev.slipway.bench;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Compares the mirror with {@code curl} down and up through the same two stand-ins, and with {@code
 * sha256sum}; then kills a copy in its middle and has another one go on.
 */
final class MirrorBench {

  private static final int FILES = 4;

  /** As the launcher starts it, with the least heap that is promised to be enough. */
  private static final List<String> CHILD =
      List.of("-Xmx128m", "-XX:+UseSerialGC", "-Djdk.httpclient.bufsize=131072");

  private record Model(List<Path> files, long bytes) {}

  private final Path work;
  private final String registry;
  private final String store;

  private MirrorBench(Path work, String registry, String store) {
    this.work = work;
    this.registry = registry;
    this.store = store;
  }

  /**
   * Measures.
   *
   * @param arguments MiB of the model, in four files; rounds; the folder to work in; where the JSON
   *     goes
   */
  public static void main(String... arguments) throws IOException, InterruptedException {
    int mebibytes = Integer.parseInt(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    Path work = Files.createTempDirectory(Path.of(arguments[2]), "mirror-bench");
    Process standIns = null;
    try {
      Path models = Files.createDirectory(work.resolve("models"));
      Path objects = Files.createDirectory(work.resolve("objects"));
      Model model = make(models, mebibytes);
      standIns = start(List.of("-Xmx256m"), StandIns.class, models.toString(), objects.toString());
      String[] ports = standIns.inputReader().readLine().split(" ");
      String json = new MirrorBench(work, ports[0], ports[1]).run(model, rounds);
      Files.writeString(Path.of(arguments[3]), json);
    } finally {
      if (standIns != null) {
        standIns.destroyForcibly().waitFor();
      }
      try (Stream<Path> all = Files.walk(work)) {
        for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private String run(Model model, int rounds) throws IOException, InterruptedException {
    double[] down = new double[rounds];
    double[] up = new double[rounds];
    double[] sum = new double[rounds];
    double[] mirror = new double[rounds];
    double[] cpu = new double[rounds];
    long[] rss = new long[rounds];
    for (int i = -1; i < rounds; i++) { // the first warms the page cache and is not counted
      double d = 0;
      double u = 0;
      double s = 0;
      for (Path file : model.files()) {
        String name = file.getFileName().toString();
        Path copy = work.resolve("copy");
        d +=
            time("curl", "-sf", "-o", copy.toString(), "http://127.0.0.1:" + registry + "/" + name);
        u += time("curl", "-sf", "-T", copy.toString(), "http://127.0.0.1:" + store + "/b/" + name);
        s += time("sha256sum", copy.toString());
        Files.delete(copy);
      }
      forget();
      long begun = System.nanoTime();
      Process child = child(model);
      Stream<String> lines = child.inputReader().lines();
      String last = lines.reduce("", (a, b) -> b);
      if (child.waitFor() != 0) {
        throw new IllegalStateException("the copy failed: " + last);
      }
      double m = (System.nanoTime() - begun) / 1e9;
      forget();
      if (i >= 0) {
        down[i] = d;
        up[i] = u;
        sum[i] = s;
        mirror[i] = m;
        cpu[i] = told(last, "cpu") / 1e3;
        rss[i] = told(last, "rss");
      }
    }
    long small = told(child(quarter(model)).inputReader().lines().reduce("", (a, b) -> b), "rss");
    forget();
    long large = Arrays.stream(rss).max().orElse(0);
    String killed = killAndResume(model);
    double curl = median(down) + median(up);
    double slower = Math.max(curl, median(sum));
    double ratio = median(mirror) / slower;
    System.out.printf(
        Locale.ROOT,
        "%d bytes, medians of %d rounds, seconds [least, most]%n"
            + "curl down          %6.2f  [%.2f, %.2f]%n"
            + "curl up            %6.2f  [%.2f, %.2f]%n"
            + "sha256sum          %6.2f  [%.2f, %.2f]%n"
            + "mirror (-Xmx128m)  %6.2f  [%.2f, %.2f]  with the JVM's start%n"
            + "mirror / slower of (curl down + up, sha256sum): %.2f%n"
            + "the mirror's processor time: %.1f s%n"
            + "peak memory of the process: %d MiB, %d MiB for a quarter of the model%n%s%n",
        model.bytes(),
        rounds,
        median(down),
        least(down),
        most(down),
        median(up),
        least(up),
        most(up),
        median(sum),
        least(sum),
        most(sum),
        median(mirror),
        least(mirror),
        most(mirror),
        ratio,
        median(cpu),
        large,
        small,
        killed);
    return String.format(
        Locale.ROOT,
        "{\"bytes\":%d,\"curl_down\":%s,\"curl_up\":%s,\"sha256sum\":%s,\"mirror\":%s,"
            + "\"ratio\":%.3f,\"cpu\":%.1f,\"rss_mib\":%d,\"quarter_rss_mib\":%d,\"resume\":\"%s\"}%n",
        model.bytes(),
        Arrays.toString(down),
        Arrays.toString(up),
        Arrays.toString(sum),
        Arrays.toString(mirror),
        ratio,
        median(cpu),
        large,
        small,
        killed.replace('\n', ' '));
  }

  /** Returns a number of a child's last line. */
  private static long told(String last, String name) {
    List<String> words = List.of(last.split(" "));
    return Long.parseLong(words.get(words.indexOf(name) + 1));
  }

  private static Model quarter(Model model) {
    return new Model(model.files().subList(0, 1), model.bytes() / FILES);
  }

  /** Kills a copy once half has arrived, and says what the next one sent. */
  private String killAndResume(Model model) throws IOException, InterruptedException {
    List<String> before = parts();
    Process child = child(model);
    try (BufferedReader lines = child.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("moved") && Long.parseLong(line) > model.bytes() / 2) {
          child.destroyForcibly(); // SIGKILL
          break;
        }
      }
    }
    child.waitFor();
    Process next = child(model);
    String last = next.inputReader().lines().reduce("", (a, b) -> b);
    next.waitFor();
    List<String> sent = new ArrayList<>(parts().subList(before.size(), parts().size()));
    int twice = sent.size() - new HashSet<>(sent).size();
    return "killed with -9 in the middle, then: " + last + "; parts that arrived twice: " + twice;
  }

  private List<String> parts() throws IOException {
    try (var in = URI.create("http://127.0.0.1:" + store + "/-/parts").toURL().openStream()) {
      String text = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      return text.isEmpty() ? List.of() : List.of(text.split("\n"));
    }
  }

  /** Removes what the store holds, so that the next round sends everything. */
  private void forget() throws IOException, InterruptedException {
    String all = "http://127.0.0.1:" + store + "/-/all";
    time("curl", "-sf", "-X", "DELETE", all);
  }

  private Process child(Model model) throws IOException {
    Path cache = Files.createTempDirectory(work, "cache");
    List<String> arguments = new ArrayList<>(List.of(registry, store, cache.toString()));
    model.files().forEach(file -> arguments.add(file.getFileName().toString()));
    return start(CHILD, MirrorChild.class, arguments.toArray(String[]::new));
  }

  private static Process start(List<String> options, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static double time(String... command) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    int code =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    if (code != 0) {
      throw new IllegalStateException(String.join(" ", command) + " ended with " + code);
    }
    return (System.nanoTime() - begun) / 1e9;
  }

  private static Model make(Path folder, int mebibytes) throws IOException, InterruptedException {
    var random = new Random(5);
    List<Path> files = new ArrayList<>();
    List<String> tree = new ArrayList<>();
    for (int i = 1; i <= FILES; i++) {
      Path file = folder.resolve("weights" + i + ".safetensors");
      byte[] block = new byte[1 << 20];
      byte[] head = head((long) (mebibytes / FILES) << 20);
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
        for (int n = 0; n < mebibytes / FILES; n++) {
          random.nextBytes(block);
          if (n == 0) {
            System.arraycopy(head, 0, block, 0, head.length);
          }
          out.write(block);
        }
      }
      Process sum = new ProcessBuilder("sha256sum", file.toString()).start();
      String sha256 = sum.inputReader().readLine().substring(0, 64);
      sum.waitFor();
      files.add(file);
      tree.add(
          "{\"type\":\"file\",\"path\":\"%s\",\"size\":%d,\"oid\":\"%s\",\"lfs\":{\"oid\":\"%s\",\"size\":%d}}"
              .formatted(
                  file.getFileName(),
                  Files.size(file),
                  sha256.substring(0, 40),
                  sha256,
                  Files.size(file)));
    }
    Files.writeString(folder.resolve(StandIns.TREE), "[" + String.join(",", tree) + "]");
    return new Model(files, (long) (mebibytes / FILES) * FILES << 20);
  }

  /** Returns the head of a safetensors file of so many bytes: one tensor of bytes. */
  private static byte[] head(long bytes) {
    int length = 248;
    long data = bytes - Long.BYTES - length;
    String json =
        "{\"w\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}".formatted(data, data);
    return ByteBuffer.allocate(Long.BYTES + length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put((json + " ".repeat(length - json.length())).getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double least(double[] values) {
    return Arrays.stream(values).min().orElse(0);
  }

  private static double most(double[] values) {
    return Arrays.stream(values).max().orElse(0);
  }
}
