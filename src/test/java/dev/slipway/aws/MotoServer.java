package dev.slipway.aws;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs {@code moto_server}, a simulation of AWS that this project did not write: once for all tests
 * of a JVM, on a free port of the loopback address, until the JVM ends.
 *
 * <p>What one test makes there others see: give things names that no other test uses.
 */
public final class MotoServer {
  /** The region of {@link #environment()}. */
  public static final String REGION = "eu-west-1";

  private static final String PROGRAM = "moto_server";
  private static final Pattern ADDRESS = Pattern.compile("Running on (http://[^ ]+)");

  /** Python loads its modules from a cold disk in a few seconds. */
  private static final int START_SECONDS = 60;

  /** Set by the first test that asks; a class's own initialization is the lock. */
  private static final class Running {
    static final Optional<URI> ADDRESS = installed() ? Optional.of(start()) : Optional.empty();
  }

  private MotoServer() {}

  /**
   * Returns its address, and starts it first if no test has.
   *
   * <p>A test on a machine without the program ends here, as skipped; with {@code CI=true} it
   * fails.
   */
  public static URI uri() {
    Optional<URI> address = Running.ADDRESS;
    if ("true".equals(System.getenv("CI"))) {
      return address.orElseThrow(
          () -> new AssertionError(PROGRAM + " is not on the PATH; CI=true needs it"));
    }
    assumeTrue(address.isPresent(), PROGRAM + " is not on the PATH: pip install 'moto[server]'");
    return address.orElseThrow();
  }

  /**
   * Returns the environment in which the AWS SDK, and {@code aws}, use it: nothing of the user's
   * own configuration is looked at.
   */
  public static Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("AWS_ENDPOINT_URL", uri().toString());
    environment.put("AWS_ACCESS_KEY_ID", "testing");
    environment.put("AWS_SECRET_ACCESS_KEY", "testing");
    environment.put("AWS_REGION", REGION);
    environment.put("AWS_DEFAULT_REGION", REGION);
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    environment.put("AWS_CONFIG_FILE", File.separator + "dev" + File.separator + "null");
    environment.put("AWS_SHARED_CREDENTIALS_FILE", environment.get("AWS_CONFIG_FILE"));
    return Map.copyOf(environment);
  }

  private static boolean installed() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, PROGRAM)));
  }

  private static URI start() {
    try {
      // Port 0: the system picks a free one, and the server says which.
      Process process =
          new ProcessBuilder(PROGRAM, "-H", "127.0.0.1", "-p", "0")
              .redirectErrorStream(true)
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      CompletableFuture<URI> address = new CompletableFuture<>();
      Thread.ofPlatform().daemon().start(() -> listen(process.inputReader(), address));
      return address.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(PROGRAM + " did not start", e);
    }
  }

  /** Reads to the end: the server stops where nobody takes what it writes. */
  private static void listen(BufferedReader output, CompletableFuture<URI> address) {
    StringBuilder heard = new StringBuilder();
    try (output) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        Matcher matcher = ADDRESS.matcher(line);
        if (matcher.find()) {
          address.complete(URI.create(matcher.group(1)));
        } else if (!address.isDone()) {
          heard.append(line).append('\n');
        }
      }
    } catch (IOException e) {
      // The process was ended with the JVM.
      heard.append(e);
    }
    address.completeExceptionally(new IllegalStateException(heard.toString()));
  }
}
