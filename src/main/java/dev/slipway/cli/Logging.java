package dev.slipway.cli;

import java.nio.file.Path;
import java.util.logging.LogManager;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Says where the log goes; must be called before the first logger is made. */
final class Logging {
  private Logging() {}

  /**
   * Sends the log of this process to a file, instead of its errors to standard error; all of it
   * goes there in a container, whose JVM says so, because nobody sees its files.
   */
  static void toFile(Path file) {
    if ("console".equals(System.getProperty("slipway.log"))) {
      System.setProperty("logback.configurationFile", "logback-container.xml");
    } else {
      System.setProperty("slipway.log.file", file.toString());
      System.setProperty("logback.configurationFile", "logback-service.xml");
    }
    // Helidon and Lucene log through the JDK's own logging.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  /** Keeps what libraries log through the JDK off the user's screen. */
  static void quiet() {
    LogManager.getLogManager().reset();
  }
}
