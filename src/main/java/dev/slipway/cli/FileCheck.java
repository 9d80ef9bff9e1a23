package dev.slipway.cli;

import dev.slipway.model.ModelFile;
import dev.slipway.model.Snapshot;
import dev.slipway.model.TransferProgress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Hashes a snapshot's files on this machine, every byte of them, whatever is remembered. */
record FileCheck(Console console) {
  private static final int BUFFER_BYTES = 1 << 20;

  /** Returns a line for each file that is missing, or isn't what it should be. */
  List<String> wrong(Snapshot snapshot) {
    Optional<Path> folder = snapshot.content().folder();
    if (folder.isEmpty()) {
      return List.of("not all of its files are on this machine");
    }
    List<String> wrong = new ArrayList<>();
    long done = 0;
    try (var line = new TransferLine(console)) {
      for (ModelFile file : snapshot.files()) {
        try {
          if (!sha256(folder.get().resolve(file.path())).equals(file.sha256())) {
            wrong.add(file.path() + " has other bytes");
          }
        } catch (NoSuchFileException e) {
          wrong.add(file.path() + " is missing");
        } catch (IOException e) {
          wrong.add(file.path() + " can't be read (" + e.getClass().getSimpleName() + ")");
        }
        done += file.size();
        line.at(new TransferProgress.Transfer(file.path(), done, snapshot.bytes(), done));
      }
    }
    return wrong;
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
