package dev.slipway.local.loopback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFolderTest {

  @Test
  void foldersAndFilesAreThisUsersAlone(@TempDir Path temporary) throws IOException {
    PrivateFolder folder = PrivateFolder.at(temporary.resolve("a/b")).child("c");
    folder.write("file", "1".getBytes(StandardCharsets.UTF_8));
    folder.write("file", "2".getBytes(StandardCharsets.UTF_8));
    assertThat(folder.file("file")).hasContent("2");
    assertThat(folder.path()).isDirectoryContaining("glob:**/file");
    try (var files = Files.list(folder.path())) {
      assertThat(files).hasSize(1);
    }
    assertThat(mode(folder.file("file"))).isEqualTo("rw-------");
    assertThat(mode(temporary.resolve("a"))).isEqualTo("rwx------");
    assertThat(mode(folder.path())).isEqualTo("rwx------");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void noNameLeadsOut(@TempDir Path temporary) throws IOException {
    PrivateFolder folder = PrivateFolder.at(temporary);
    for (String name : new String[] {"..", ".", "", "a/b", "/etc", "../x", "a/../../x"}) {
      assertThatThrownBy(() -> folder.file(name))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
