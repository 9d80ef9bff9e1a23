package dev.slipway.trace;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps feedback as rows of a table of its own; it goes with its trace. */
final class FeedbackRows {
  static final String CREATE =
      """
      CREATE TABLE IF NOT EXISTS feedback (
        trace_id TEXT NOT NULL,
        name TEXT NOT NULL,
        score REAL NOT NULL,
        comment TEXT,
        at_us INTEGER NOT NULL,
        PRIMARY KEY (trace_id, name))
      """;

  /** So many names a trace has at most: a caller may send any, and the file must not grow so. */
  static final int NAMES = 20;

  private static final String INSERT =
      """
      INSERT OR REPLACE INTO feedback (trace_id, name, score, comment, at_us)
      SELECT ?1, ?2, ?3, ?4, ?5 WHERE ?6 > (
        SELECT count(*) FROM feedback WHERE trace_id = ?1 AND name <> ?2)
      """;

  private FeedbackRows() {}

  static void insert(Connection connection, String traceId, Feedback feedback) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      insert.setString(1, traceId);
      insert.setString(2, feedback.name());
      insert.setDouble(3, feedback.score());
      insert.setString(4, feedback.comment().orElse(null));
      insert.setLong(5, TraceRows.micros(feedback.at()));
      insert.setInt(6, NAMES);
      insert.executeUpdate();
    }
  }

  /** Returns a trace's feedback, oldest first. */
  static List<Feedback> of(Connection connection, String traceId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT * FROM feedback WHERE trace_id = ? ORDER BY at_us, name")) {
      select.setString(1, traceId);
      List<Feedback> found = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          Instant at = TraceRows.instant(row.getLong("at_us"));
          found.add(
              new Feedback(
                  row.getString("name"),
                  row.getDouble("score"),
                  Optional.ofNullable(row.getString("comment")),
                  at));
        }
      }
      return found;
    }
  }
}
