package dev.slipway.trace;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The SQLite file that holds traces, in a folder of its own: prompts are in it, so nobody but its
 * owner may read either.
 *
 * @param folder holds the file and what SQLite keeps beside it
 */
record TraceFile(Path folder) {
  private static final String NAME = "traces.db";

  /** Longer than any write of another process takes; only the writer's own thread waits for it. */
  private static final Duration WAIT_FOR_LOCK = Duration.ofSeconds(1);

  Path path() {
    return folder.resolve(NAME);
  }

  boolean exists() {
    return Files.exists(path());
  }

  /** Opens the file for writing and makes it, and its folder, if there is none. */
  Connection openToWrite() throws SQLException, IOException {
    makePrivate();
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout((int) WAIT_FOR_LOCK.toMillis());
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    // A power cut may cost the last traces, and never the file.
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    Connection connection = checked(config.createConnection("jdbc:sqlite:" + path()));
    try {
      TraceRows.create(connection);
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException failure) {
      connection.close();
      throw failure;
    }
  }

  /** Opens the file for reading, also while another process writes. */
  Connection openToRead() throws SQLException, IOException {
    Connection connection = openAsItIs();
    int version = TraceRows.version(connection);
    if (version == 0 || version == TraceRows.VERSION) {
      return connection;
    }
    connection.close();
    openToWrite().close();
    return openAsItIs();
  }

  private Connection openAsItIs() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout((int) WAIT_FOR_LOCK.toMillis());
    Connection connection = config.createConnection("jdbc:sqlite:" + path());
    return checked(connection);
  }

  /** Moves a broken file out of the way, so that it can be looked at. */
  void setAside() throws IOException {
    String suffix = ".broken-" + Instant.now().toEpochMilli();
    for (String part : List.of("", "-wal", "-shm")) {
      Path file = folder.resolve(NAME + part);
      if (Files.exists(file)) {
        move(file, folder.resolve(NAME + suffix + part));
      }
    }
  }

  /**
   * Returns whether the failure says that the file is no database, a damaged one, or one with other
   * tables: our few statements fail for no other reason.
   */
  static boolean broken(SQLException failure) {
    return code(failure)
        .filter(
            code ->
                code == SQLiteErrorCode.SQLITE_CORRUPT
                    || code == SQLiteErrorCode.SQLITE_NOTADB
                    || code == SQLiteErrorCode.SQLITE_ERROR)
        .isPresent();
  }

  /** Returns whether the failure says that another process is writing. */
  static boolean locked(SQLException failure) {
    return code(failure)
        .filter(
            code -> code == SQLiteErrorCode.SQLITE_BUSY || code == SQLiteErrorCode.SQLITE_LOCKED)
        .isPresent();
  }

  /** Returns why the file can't be used, in SQLite's words where it has any. */
  static String why(SQLException failure) {
    return failure instanceof SQLiteException known
        ? known.getResultCode().toString()
        : String.valueOf(failure.getMessage());
  }

  private static Optional<SQLiteErrorCode> code(SQLException failure) {
    return failure instanceof SQLiteException known
        // The low byte is the primary code, the rest says more.
        ? Optional.of(SQLiteErrorCode.getErrorCode(known.getResultCode().code & 0xff))
        : Optional.empty();
  }

  private static Connection checked(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // Reads the first pages: a file that is no database shows itself.
      statement.execute("SELECT count(*) FROM sqlite_master");
      int version = TraceRows.version(connection);
      if (version > TraceRows.VERSION) {
        throw new SQLException("the file is of a newer Slipway (version " + version + ")");
      }
      return connection;
    } catch (SQLException failure) {
      connection.close();
      throw failure;
    }
  }

  private void makePrivate() throws IOException {
    boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    if (!posix) {
      Files.createDirectories(folder);
      return;
    }
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    try {
      // SQLite gives what it keeps beside the file the file's own permissions.
      Files.createFile(
          path(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException there) {
      Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-------"));
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException plain) {
      Files.move(from, to);
    }
  }
}
