package dev.slipway.standin.wire;

import dev.slipway.deploy.Pace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Runs the stand-in until it is ended: {@code FOLDER [PORT [PER_CALL
 * [OPERATION:CALL[+]:FAULT]...]]}. Prints where it listens as one line of JSON.
 */
public final class Main {
  private Main() {}

  /** Starts, and stays. */
  public static void main(String[] arguments) throws InterruptedException {
    List<String> given = List.of(arguments);
    if (given.isEmpty()) {
      System.err.println("Usage: Main FOLDER [PORT [PER_CALL [OPERATION:CALL[+]:FAULT]...]]");
      System.exit(2);
    }
    int port = given.size() > 1 ? Integer.parseInt(given.get(1)) : 0;
    Duration perCall = given.size() > 2 ? Duration.parse(given.get(2)) : Duration.ofSeconds(15);
    StandInServer server =
        StandInServer.start(Path.of(given.getFirst()), port, Pace.real(), perCall);
    for (String line : given.subList(Math.min(3, given.size()), given.size())) {
      String[] parts = line.split(":", 3);
      boolean on = parts[1].endsWith("+");
      server.fault(parts[0], Integer.parseInt(parts[1].replace("+", "")), on, parts[2]);
    }
    System.out.println(
        Json.object()
            .put("url", server.url().toString())
            .put("region", server.simulation().region().name())
            .put("account", server.simulation().region().account()));
    Thread.currentThread().join();
  }
}
