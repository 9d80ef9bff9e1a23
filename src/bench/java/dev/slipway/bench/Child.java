package dev.slipway.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server in a process of its own, whose processor time and memory are looked at. Needs Linux. */
final class Child implements AutoCloseable {
  /** The kernel counts processor time in hundredths of a second. */
  private static final double TICKS_PER_SECOND = 100;

  private final String name;
  private final Process process;
  private final int port;

  private Child(String name, Process process, int port) {
    this.name = name;
    this.process = process;
    this.port = port;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Starts a server, and returns once it listens; what it says goes to NAME.log in the folder. */
  static Child start(
      String name, Path folder, int port, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path log = folder.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Child child = new Child(name, builder.start(), port);
    // A bench that is broken off leaves no server behind.
    Runtime.getRuntime().addShutdownHook(new Thread(child.process::destroy));
    long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    while (!child.listens()) {
      if (!child.process.isAlive() || System.nanoTime() - end > 0) {
        child.close();
        throw new IOException(name + " does not listen: " + Files.readString(log));
      }
      Thread.sleep(50);
    }
    return child;
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  String name() {
    return name;
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Returns the seconds of processor time that it and its children have used. */
  double cpuSeconds() throws IOException {
    double ticks = 0;
    try (Stream<ProcessHandle> all =
        Stream.concat(Stream.of(process.toHandle()), process.descendants())) {
      for (ProcessHandle each : all.toList()) {
        String stat = Files.readString(Path.of("/proc/" + each.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
      }
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** Returns its resident memory in bytes. */
  long resident() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElseThrow();
    }
  }

  /** Returns what lives on the heap of a JVM, in bytes, after a collection that this asks for. */
  long liveHeap() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process asked =
        new ProcessBuilder(jcmd.toString(), Long.toString(pid()), "GC.class_histogram").start();
    String last = "";
    try (var lines = asked.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line.isBlank() ? last : line;
      }
    }
    asked.waitFor();
    String[] total = last.strip().split(" +");
    if (!total[0].equals("Total")) {
      throw new IOException("jcmd does not say what lives on the heap: " + last);
    }
    return Long.parseLong(total[2]);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
