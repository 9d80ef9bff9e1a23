package dev.slipway.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Says which version, of which commit, this is. */
final class BuildVersion implements IVersionProvider {

  @Override
  public String[] getVersion() {
    Properties build = build();
    return new String[] {
      "slipway " + number(build) + " (" + build.getProperty("commit", "unknown") + ")"
    };
  }

  /** Returns the version alone. */
  static String number() {
    return number(build());
  }

  private static String number(Properties build) {
    return build.getProperty("version", "unknown");
  }

  private static Properties build() {
    var build = new Properties();
    try (InputStream in = BuildVersion.class.getResourceAsStream("/build.properties")) {
      if (in != null) {
        build.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build;
  }
}
