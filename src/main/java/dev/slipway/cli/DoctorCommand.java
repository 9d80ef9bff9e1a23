package dev.slipway.cli;

import dev.slipway.deploy.cloud.Cloud;
import dev.slipway.deploy.synthesis.Node;
import dev.slipway.failure.Failure;
import dev.slipway.failure.OperationFailed;
import dev.slipway.failure.Refused;
import dev.slipway.local.container.EmbeddedEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code slipway doctor}. */
@Command(
    name = "doctor",
    description =
        "Checks whether this machine can do the work, and says what to do where it can't.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  slipway doctor",
      "  slipway doctor --port 9000 --json",
      "  slipway doctor --aws                asks AWS who you are, and for nothing else"
    })
final class DoctorCommand extends SlipwayAction {
  private static final long MEMORY_NEEDED = 1L << 30;
  private static final long DISK_NEEDED = 1L << 30;

  @Option(
      names = "--port",
      converter = PortNumber.class,
      paramLabel = "N",
      defaultValue = "8000",
      description = "the service's port to look at (default: ${DEFAULT-VALUE})")
  private int port;

  @Option(
      names = "--aws",
      description = "ask AWS whose the credentials are; without it nothing is asked of AWS")
  private boolean aws;

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
    try {
      return new Check("node", Verdict.ok, Node.version(surroundings().environment()), "");
    } catch (OperationFailed missing) {
      return new Check(
          "node",
          Verdict.warning,
          missing.why(),
          "Only `slipway plan` and `slipway deploy` need it. " + missing.next());
    }
  }

  private Check credentials() {
    if (aws) {
      return identity();
    }
    String place = credentialsPlace();
    return place.isEmpty()
        ? new Check(
            "aws",
            Verdict.warning,
            "no credentials in the environment, and none in ~/.aws",
            "Only deploying needs them, `slipway up` doesn't: aws configure sso, or AWS_PROFILE.")
        : new Check(
            "aws",
            Verdict.ok,
            "credentials by " + place + " (not tried; `slipway up` doesn't use them)",
            "");
  }

  /** Where the AWS SDK would find credentials: looked for, never read. */
  private String credentialsPlace() {
    Map<String, String> environment = surroundings().environment();
    for (String variable :
        List.of(
            "AWS_ACCESS_KEY_ID",
            "AWS_PROFILE",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
      if (!environment.getOrDefault(variable, "").isEmpty()) {
        return variable;
      }
    }
    Path folder =
        Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".aws");
    return Stream.of(
            environment.getOrDefault(
                "AWS_SHARED_CREDENTIALS_FILE", folder.resolve("credentials").toString()),
            environment.getOrDefault("AWS_CONFIG_FILE", folder.resolve("config").toString()))
        .filter(file -> Files.isRegularFile(Path.of(file)))
        .findFirst()
        .orElse("");
  }

  private Check identity() {
    try (Cloud cloud = surroundings().adapters().cloud(Optional.empty())) {
      String arn = cloud.account().identity().arn();
      return new Check("aws", Verdict.ok, arn + " in " + cloud.region(), "");
    } catch (Failure failure) {
      return new Check(
          "aws", Verdict.failed, failure.what() + ": " + failure.why(), failure.next());
    }
  }
}
