package dev.slipway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeyCommandTest {
  private final CommandLineFixture slipway;
  private final Path manifest;
  private final Path file;

  KeyCommandTest(@TempDir Path home) throws IOException {
    slipway = new CommandLineFixture(home);
    manifest = home.resolve("slipway.yaml");
    file = home.resolve("state/local/chat/keys.json");
    Files.writeString(
        manifest,
        """
        name: chat
        target: local
        model: {source: "file:m.gguf"}
        api: {keys: "secret:chat-keys"}
        """);
  }

  private CommandLineFixture.Result key(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "key";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[all.length - 2] = "-f";
    all[all.length - 1] = manifest.toString();
    return slipway.run(all);
  }

  @Test
  void aKeyIsShownOnceListedWithoutItAndRevoked() throws IOException {
    var created = key("create", "--name", "web site", "--scope", "ask,traces", "--expires", "90d");
    String key = created.out().strip();

    assertThat(created.exitCode()).as(created.err()).isZero();
    assertThat(key).matches("slw_\\w{8}_\\w{38}");
    assertThat(created.err()).doesNotContain(key).contains("not shown again");
    assertThat(Files.readString(file)).doesNotContain(key);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");

    JsonNode listed = key("list", "--json").json().path("keys").get(0);
    assertThat(listed.path("name").asText()).isEqualTo("web site");
    assertThat(listed.path("scopes").toString()).isEqualTo("[\"ask\",\"traces\"]");
    assertThat(listed.path("expired").asBoolean()).isFalse();
    String id = listed.path("id").asText();
    assertThat(key).contains(id);
    assertThat(key("list").out()).contains(id, "web site").doesNotContain(key);

    assertThat(key("revoke", id).exitCode()).isZero();
    assertThat(key("list", "--json").json().path("keys")).isEmpty();
    assertThat(key("revoke", id).exitCode()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void theJsonOfANewKeyHoldsItBesideWhatIsKeptOfIt() throws IOException {
    JsonNode made = key("create", "--name", "acme", "--tenant", "acme", "--json").json();

    assertThat(made.path("key").asText()).contains("slw_" + made.path("id").asText());
    assertThat(made.path("tenant").asText()).isEqualTo("acme");
    assertThat(made.path("scopes").toString()).isEqualTo("[\"ask\"]");
  }

  @Test
  void whatMakesNoSenseIsWrongUsageAndMakesNoKey() {
    for (String[] wrong :
        new String[][] {
          {"--name", " "},
          {"--name", "x", "--scope", "all"},
          {"--name", "x", "--tenant", "a", "--scope", "traces"},
          {"--name", "x", "--expires", "2020-01-01T00:00Z"},
          {"--name", "x", "--expires", "soon"}
        }) {
      String[] arguments = new String[wrong.length + 1];
      arguments[0] = "create";
      System.arraycopy(wrong, 0, arguments, 1, wrong.length);
      assertThat(key(arguments).exitCode()).isEqualTo(ExitCode.USAGE);
    }
    assertThat(file).doesNotExist();
  }
}
