package dev.slipway.cli;

import dev.slipway.failure.Refused;
import dev.slipway.local.container.EmbeddedEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code slipway doctor}. */
@Command(
    name = "doctor",
    description =
        "Checks whether this machine can do the work, and says what to do where it can't.",
    footerHeading = "%nExamples:%n",
    footer = {"  slipway doctor", "  slipway doctor --port 9000 --json"})
final class DoctorCommand extends SlipwayAction {
  private static final long MEMORY_NEEDED = 1L << 30;
  private static final long DISK_NEEDED = 1L << 30;
  private static final int NODE_NEEDED = 20;

  @Option(
      names = "--port",
      converter = PortNumber.class,
      paramLabel = "N",
      defaultValue = "8000",
      description = "the service's port to look at (default: ${DEFAULT-VALUE})")
  private int port;

  /** How a check ended. */
  enum Verdict {
    ok,
    warning,
    failed
  }

  /**
   * One check.
   *
   * @param found what is there
   * @param next what to do; empty if nothing
   */
  record Check(String name, Verdict verdict, String found, String next) {}

  DoctorCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() {
    List<Check> checks =
        List.of(jdk(), engine(), memory(), disk(), portCheck(), node(), credentials());
    boolean failed = checks.stream().anyMatch(check -> check.verdict() == Verdict.failed);
    if (json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("ok", !failed);
      document.put("checks", checks);
      console().json(document);
    } else {
      checks.forEach(this::show);
      console()
          .plain(failed ? "Mend what failed, then run this again." : "Ready. Start it: slipway up");
    }
    return failed ? ExitCode.REFUSED : ExitCode.DONE;
  }

  private void show(Check check) {
    String mark =
        switch (check.verdict()) {
          case ok -> console().green("ok     ");
          case warning -> console().bold("warning");
          case failed -> console().red("failed ");
        };
    console().data(String.format(Locale.ROOT, "%s  %-12s %s", mark, check.name(), check.found()));
    if (!check.next().isEmpty()) {
      console().data("                      " + check.next());
    }
  }

  private static Check jdk() {
    int version = Runtime.version().feature();
    String found = "Java " + Runtime.version() + " in " + System.getProperty("java.home");
    return version == 25
        ? new Check("jdk", Verdict.ok, found, "")
        : new Check("jdk", Verdict.failed, found, "Install a JDK 25, or set SLIPWAY_JAVA_HOME.");
  }

  private static Check engine() {
    try {
      EmbeddedEngine.here().checkMachine();
      String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
      return new Check("engine", Verdict.ok, "llama.cpp runs on " + platform, "");
    } catch (Refused problem) {
      return new Check("engine", Verdict.warning, problem.why(), problem.next());
    }
  }

  private static Check memory() {
    long bytes = EmbeddedEngine.here().availableBytes().orElse(0);
    String found = String.format(Locale.ROOT, "%.1f GiB available", bytes / (double) (1 << 30));
    return bytes >= MEMORY_NEEDED
        ? new Check("memory", Verdict.ok, found, "")
        : new Check(
            "memory",
            Verdict.warning,
            found,
            "Free some: the service with the demo model takes about 1 GiB, larger models more.");
  }

  private Check disk() {
    Path folder = surroundings().home().state();
    Path existing = folder;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing)) {
      return new Check(
          "state",
          Verdict.failed,
          existing + " is a file, where a folder is needed",
          "Set SLIPWAY_HOME elsewhere.");
    }
    try {
      long free = Files.getFileStore(existing).getUsableSpace();
      String found =
          String.format(Locale.ROOT, "%.1f GiB free for %s", free / (double) (1 << 30), folder);
      if (!Files.isWritable(existing)) {
        return new Check(
            "state", Verdict.failed, existing + " can't be written", "Set SLIPWAY_HOME elsewhere.");
      }
      return free >= DISK_NEEDED
          ? new Check("state", Verdict.ok, found, "")
          : new Check("state", Verdict.warning, found, "Free some, or set SLIPWAY_HOME elsewhere.");
    } catch (IOException e) {
      return new Check(
          "state", Verdict.failed, String.valueOf(e.getMessage()), "Set SLIPWAY_HOME elsewhere.");
    }
  }

  private Check portCheck() {
    try (var _ = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return new Check("port", Verdict.ok, port + " is free", "");
    } catch (IOException e) {
      return new Check(
          "port",
          Verdict.warning,
          port + " is in use",
          "Start with another: slipway up --port N (0 takes a free one).");
    }
  }

  private Check node() {
    Optional<String> version = nodeVersion();
    if (version.isEmpty()) {
      return new Check(
          "node",
          Verdict.warning,
          "not found",
          "Only deploying to AWS needs it: install Node 20+.");
    }
    int major = Integer.parseInt(version.get().replaceAll("^v?(\\d+).*", "$1"));
    return major >= NODE_NEEDED
        ? new Check("node", Verdict.ok, version.get(), "")
        : new Check(
            "node",
            Verdict.warning,
            version.get(),
            "Deploying to AWS needs Node " + NODE_NEEDED + " or newer, or set SLIPWAY_NODE.");
  }

  private Optional<String> nodeVersion() {
    List<String> command = new ArrayList<>();
    command.add(surroundings().environment().getOrDefault("SLIPWAY_NODE", "node"));
    command.add("--version");
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said =
          new String(
                  process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
              .strip();
      return process.waitFor() == 0 && said.matches("v?\\d+\\..*")
          ? Optional.of(said)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private Check credentials() {
    boolean profile =
        surroundings().environment().containsKey("AWS_PROFILE")
            || surroundings().environment().containsKey("AWS_ACCESS_KEY_ID")
            || Files.exists(Path.of(System.getProperty("user.home"), ".aws", "config"));
    return new Check(
        "aws",
        Verdict.ok,
        profile ? "credentials are set; `up` doesn't use them" : "no credentials; `up` needs none",
        "");
  }
}
