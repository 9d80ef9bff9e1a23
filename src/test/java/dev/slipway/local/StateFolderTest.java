package dev.slipway.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateFolderTest {
  @TempDir private Path home = Path.of("");

  /** Holds a folder until its standard input ends: another process, as file locks need it. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException {
      var hold = new StateFolder(Path.of(arguments[0])).tryHold();
      System.out.println(hold.isPresent() ? "held" : "refused");
      System.out.flush();
      while (System.in.read() >= 0) {}
    }
  }

  @Test
  void oneProcessAtATimeHoldsADeploymentAndKillingItLetsGo() throws Exception {
    var folder = new StateFolder(home.resolve("chat"));
    Process holder = holder(folder);
    try (var said = holder.inputReader()) {
      assertThat(said.readLine()).isEqualTo("held");
      assertThat(folder.held()).isTrue();
      // It can be found, and so be stopped, whatever is on disk besides.
      Files.writeString(folder.path().resolve("state.json"), "garbage");
      assertThat(folder.holder().map(ProcessHandle::pid)).contains(holder.pid());
      assertThat(folder.tryHold()).isEmpty();
    } finally {
      holder.destroyForcibly();
    }
    assertThat(holder.waitFor(20, TimeUnit.SECONDS)).isTrue();

    assertThat(folder.held()).isFalse();
    assertThat(folder.holder()).isEmpty();
    try (var hold = folder.tryHold().orElseThrow()) {
      assertThat(hold).isNotNull();
    }
  }

  private static Process holder(StateFolder folder) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            folder.path().toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Test
  void aStateThatNoOneWroteIsAbsentAndSoIsABrokenOne() throws IOException {
    var folder = new StateFolder(home);
    assertThat(folder.read()).isEmpty();

    Files.writeString(home.resolve("state.json"), "{ \"deployment\": ");

    assertThat(folder.read()).isEmpty();
  }

  @Test
  void whatItKeepsIsItsOwnersAlone() throws IOException {
    var folder = new StateFolder(home.resolve("state/chat"));
    folder.create();
    folder.write(
        new DeploymentState(
            "chat",
            "default",
            "",
            "",
            DeploymentState.Phase.STARTING,
            DeploymentState.Runner.current(),
            new DeploymentState.Addresses("", "", "", "", ""),
            new DeploymentState.Endpoint("chat", "Creating", "realtime", "llama.cpp"),
            0,
            new DeploymentState.Model("", ""),
            ""));

    assertThat(mode(folder.path())).isEqualTo("rwx------");
    assertThat(mode(folder.path().resolve("logs"))).isEqualTo("rwx------");
    assertThat(mode(folder.path().resolve("state.json"))).isEqualTo("rw-------");
    assertThat(folder.read()).isPresent();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void deletingRemovesLinksAndNeverWhatTheyPointAt() throws IOException {
    Path precious = Files.createDirectories(home.resolve("precious"));
    Files.writeString(precious.resolve("work.txt"), "mine");
    var folder = new StateFolder(home.resolve("chat"));
    folder.create();
    Files.createSymbolicLink(folder.path().resolve("link"), precious);

    folder.delete();

    assertThat(folder.path()).doesNotExist();
    assertThat(precious.resolve("work.txt")).hasContent("mine");
  }
}
