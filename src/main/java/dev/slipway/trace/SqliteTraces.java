package dev.slipway.trace;

import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Keeps traces in a SQLite file that only its owner can read, for a month and 20,000 of them at
 * most. Thread-safe.
 *
 * <p>Recording neither waits nor fails, whatever happens to the disk; reading sees what this
 * process recorded before. Another process may read at the same time: {@link #reading}.
 */
public final class SqliteTraces implements TraceRecorder, FeedbackRecorder, TraceLog {
  /** How long a reader waits for traces that are still on their way to the file. */
  private static final Duration SETTLE = Duration.ofSeconds(2);

  private static final TracePage NOTHING = new TracePage(List.of(), Optional.empty());

  private final TraceFile file;
  private final TraceWriter writer;

  private SqliteTraces(TraceFile file, TraceWriter writer) {
    this.file = file;
    this.writer = writer;
  }

  /**
   * Opens the traces for recording; the file is made with the first one. Never fails: a file that
   * can't be used costs traces, not answers.
   *
   * @param folder of its own, made if missing and closed to other users
   */
  public static SqliteTraces open(Path folder) {
    return open(folder, TraceWriter.QUEUE);
  }

  static SqliteTraces open(Path folder, int queue) {
    return open(folder, queue, Retention.DEFAULT);
  }

  static SqliteTraces open(Path folder, int queue, Retention retention) {
    TraceFile file = new TraceFile(folder);
    TraceWriter writer = new TraceWriter(file, queue, retention, Clock.systemUTC());
    writer.start();
    return new SqliteTraces(file, writer);
  }

  /**
   * Opens the traces for reading only, whether or not another process is recording.
   *
   * @param folder as given to {@link #open(Path)}; there are no traces where it is missing
   */
  public static TraceLog reading(Path folder) {
    TraceFile file = new TraceFile(folder);
    return new TraceLog() {
      @Override
      public TracePage page(TraceQuery query) {
        return read(file, connection -> TraceSearch.page(connection, query), NOTHING);
      }

      @Override
      public Optional<Trace> find(String id) {
        return read(file, connection -> TraceRows.find(connection, id), Optional.empty());
      }

      @Override
      public List<String> revisions() {
        return read(file, TraceRows::revisions, List.of());
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void record(Trace trace) {
    writer.record(trace);
  }

  @Override
  public void record(Trace trace, Feedback feedback) {
    writer.record(trace, feedback);
  }

  /** Returns how many traces could not be kept so far. */
  public long dropped() {
    return writer.dropped();
  }

  /**
   * {@inheritDoc}
   *
   * @throws OperationFailed if the file can't be read
   */
  @Override
  public TracePage page(TraceQuery query) {
    writer.awaitWritten(SETTLE);
    return read(file, connection -> TraceSearch.page(connection, query), NOTHING);
  }

  /**
   * {@inheritDoc}
   *
   * @throws OperationFailed if the file can't be read
   */
  @Override
  public Optional<Trace> find(String id) {
    writer.awaitWritten(SETTLE);
    return read(file, connection -> TraceRows.find(connection, id), Optional.empty());
  }

  /**
   * {@inheritDoc}
   *
   * @throws OperationFailed if the file can't be read
   */
  @Override
  public List<String> revisions() {
    writer.awaitWritten(SETTLE);
    return read(file, TraceRows::revisions, List.of());
  }

  /** Writes what was recorded, waiting a few seconds at most. */
  @Override
  public void close() {
    writer.close();
  }

  /** What is asked of an open file. */
  private interface Reading<T> {
    T from(Connection connection) throws SQLException;
  }

  private static <T> T read(TraceFile file, Reading<T> reading, T none) {
    if (!file.exists()) {
      return none;
    }
    try (Connection connection = file.openToRead()) {
      return TraceRows.version(connection) == 0 ? none : reading.from(connection);
    } catch (IOException failure) {
      throw new OperationFailed(
          "traces_unreadable",
          "Cannot read the traces in " + file.path(),
          "they are an older version's, and the file can't be written.",
          "Let its owner read them once.",
          false,
          failure);
    } catch (SQLException failure) {
      throw new OperationFailed(
          "traces_unreadable",
          "Cannot read the traces in " + file.path(),
          TraceFile.broken(failure)
              ? "the file is broken."
              : TraceFile.locked(failure) ? "the file is locked." : "SQLite can't open it.",
          "The next recorded trace begins a new file if this one is broken; otherwise try again.",
          TraceFile.locked(failure),
          failure);
    }
  }
}
