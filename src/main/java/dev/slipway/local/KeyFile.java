package dev.slipway.local;

import dev.slipway.access.KeyBook;
import dev.slipway.access.KeyStore;
import dev.slipway.failure.OperationFailed;
import dev.slipway.local.loopback.PrivateFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * Keeps the keys of a deployment on this machine in a file that only its owner can read. Two
 * processes that change it take turns.
 */
public final class KeyFile implements KeyStore {
  private static final String FILE = "keys.json";
  private static final String LOCK = "keys.lock";

  private final StateFolder folder;

  /** Names the deployment's folder; it need not exist. */
  public KeyFile(StateFolder folder) {
    this.folder = folder;
  }

  @Override
  public KeyBook read() {
    try {
      return KeyBook.parse(Files.readString(file(), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return KeyBook.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw failed("Cannot read the API keys in " + file(), e);
    }
  }

  @Override
  public synchronized void update(UnaryOperator<KeyBook> change) {
    folder.create();
    try (FileChannel channel =
            FileChannel.open(
                folder.path().resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = channel.lock()) {
      PrivateFolder.at(folder.path())
          .write(FILE, change.apply(read()).json().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw failed("Cannot write the API keys to " + file(), e);
    }
  }

  @Override
  public String place() {
    return file().toString();
  }

  /** A look at a small file costs nothing. */
  @Override
  public Duration interval() {
    return Duration.ofSeconds(2);
  }

  private Path file() {
    return folder.path().resolve(FILE);
  }

  private static OperationFailed failed(String what, Exception cause) {
    return new OperationFailed(
        "keys_unreadable",
        what,
        String.valueOf(cause.getMessage()),
        "Check the file, its owner and the free space; without the file there are no keys.",
        false,
        cause);
  }
}
