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
    var build = new Properties();
    try (InputStream in = BuildVersion.class.getResourceAsStream("/build.properties")) {
      if (in != null) {
        build.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new String[] {
      "slipway "
          + build.getProperty("version", "unknown")
          + " ("
          + build.getProperty("commit", "unknown")
          + ")"
    };
  }
}
