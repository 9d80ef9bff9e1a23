package dev.slipway.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Keeps traces as rows of one table. */
final class TraceRows {
  /** Raised with every change of the table; kept in the file as its {@code user_version}. */
  static final int VERSION = 3;

  /** More than anyone chooses among. */
  private static final int REVISIONS = 50;

  private static final JsonMapper JSON = new JsonMapper();

  private static final String CREATE =
      """
      CREATE TABLE IF NOT EXISTS trace (
        id TEXT PRIMARY KEY,
        started_us INTEGER NOT NULL,
        request_id TEXT NOT NULL,
        route TEXT NOT NULL,
        deployment TEXT NOT NULL,
        model TEXT NOT NULL,
        revision TEXT NOT NULL,
        query TEXT NOT NULL,
        retrieved TEXT NOT NULL,
        prompt TEXT NOT NULL,
        answer TEXT NOT NULL,
        prompt_tokens INTEGER,
        completion_tokens INTEGER,
        finish_reason TEXT,
        steps TEXT NOT NULL,
        error TEXT,
        parent TEXT,
        tenant TEXT)
      """;

  /** Of its steps the first version knew the times, and not when they began. */
  private static final String FROM_FIRST =
      """
      UPDATE trace SET steps = (
        SELECT coalesce(json_group_array(json_object(
          'name', key, 'start_ns', 0, 'time_ns', value, 'notes', json('{}'))), '[]')
        FROM json_each(trace.steps))
      """;

  private static final String INSERT =
      """
      INSERT OR REPLACE INTO trace (id, started_us, request_id, route, deployment, model, revision,
        query, retrieved, prompt, answer, prompt_tokens, completion_tokens, finish_reason, steps,
        error, parent, tenant)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private TraceRows() {}

  /**
   * Makes the tables of a new file, and brings those of an older version to this one, whole or not
   * at all: two processes may open a file at once.
   */
  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      try {
        int version = version(connection);
        if (version == 1) {
          statement.execute("ALTER TABLE trace RENAME COLUMN timings TO steps");
          statement.execute(FROM_FIRST);
        }
        if (version == 1 || version == 2) {
          statement.execute("ALTER TABLE trace ADD COLUMN parent TEXT");
          statement.execute("ALTER TABLE trace ADD COLUMN tenant TEXT");
        }
        statement.execute(CREATE);
        statement.execute(FeedbackRows.CREATE);
        statement.execute("CREATE INDEX IF NOT EXISTS trace_started ON trace (started_us)");
        statement.execute(
            "CREATE INDEX IF NOT EXISTS trace_revision ON trace (revision, started_us)");
        statement.execute("PRAGMA user_version = " + VERSION);
        statement.execute("COMMIT");
      } catch (SQLException failure) {
        rollBack(statement, failure);
        throw failure;
      }
    }
  }

  private static void rollBack(Statement statement, SQLException failure) {
    try {
      statement.execute("ROLLBACK");
    } catch (SQLException gone) {
      failure.addSuppressed(gone);
    }
  }

  /** Returns the version of the file's table, 0 for a new file. */
  static int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA user_version")) {
      return rows.next() ? rows.getInt(1) : 0;
    }
  }

  /** Writes all, or none. */
  static void insert(Connection connection, List<Trace> traces) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (Trace trace : traces) {
        bind(insert, trace);
        insert.addBatch();
      }
      insert.executeBatch();
      for (Trace trace : traces) {
        for (Feedback feedback : trace.feedback()) {
          FeedbackRows.insert(connection, trace.id(), feedback);
        }
      }
      connection.commit();
    } catch (SQLException failure) {
      connection.rollback();
      throw failure;
    }
  }

  /** Writes what was thought of traces; all, or none. */
  static void judge(Connection connection, List<Judgement> judgements) throws SQLException {
    try {
      for (Judgement judgement : judgements) {
        FeedbackRows.insert(connection, judgement.traceId(), judgement.feedback());
      }
      connection.commit();
    } catch (SQLException failure) {
      connection.rollback();
      throw failure;
    }
  }

  /** What was thought of one trace. */
  record Judgement(String traceId, Feedback feedback) {}

  /** Deletes what is too old or too many, with its feedback; returns how many traces went. */
  static int expire(Connection connection, Retention retention, Instant now) throws SQLException {
    try (PreparedStatement traces =
            connection.prepareStatement(
                """
                DELETE FROM trace WHERE started_us < ?1 OR rowid IN (
                  SELECT rowid FROM trace ORDER BY started_us DESC, rowid DESC LIMIT -1 OFFSET ?2)
                """);
        PreparedStatement feedback =
            connection.prepareStatement(
                "DELETE FROM feedback WHERE trace_id NOT IN (SELECT id FROM trace)")) {
      traces.setLong(1, micros(now.minus(retention.age())));
      traces.setInt(2, retention.traces());
      int gone = traces.executeUpdate();
      if (gone > 0) {
        feedback.executeUpdate();
      }
      connection.commit();
      return gone;
    } catch (SQLException failure) {
      connection.rollback();
      throw failure;
    }
  }

  /** Returns one. */
  static Optional<Trace> find(Connection connection, String id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT *, rowid AS row FROM trace WHERE id = ?")) {
      select.setString(1, id);
      return read(connection, select).stream().findFirst().map(Row::trace);
    }
  }

  /** Returns the revisions that there are traces of, the one last asked first. */
  static List<String> revisions(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
                SELECT revision FROM trace GROUP BY revision
                ORDER BY max(started_us) DESC, revision LIMIT ?
                """)) {
      select.setInt(1, REVISIONS);
      List<String> found = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          found.add(text(row, "revision"));
        }
      }
      return found;
    }
  }

  /** A trace and where it stands among the others. */
  record Row(Trace trace, TraceQuery.Cursor cursor) {}

  static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
  }

  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L);
  }

  private static void bind(PreparedStatement insert, Trace trace) throws SQLException {
    ArrayNode retrieved = JSON.createArrayNode();
    trace
        .retrieved()
        .forEach(hit -> retrieved.addObject().put("id", hit.id()).put("score", hit.score()));
    ArrayNode steps = JSON.createArrayNode();
    for (Trace.Step step : trace.steps()) {
      ObjectNode node =
          steps
              .addObject()
              .put("name", step.name())
              .put("start_ns", step.start().toNanos())
              .put("time_ns", step.time().toNanos());
      step.notes().forEach(node.putObject("notes")::put);
    }
    int column = 1;
    insert.setString(column++, trace.id());
    insert.setLong(column++, micros(trace.started()));
    insert.setString(column++, trace.requestId());
    insert.setString(column++, trace.route());
    insert.setString(column++, trace.deployment());
    insert.setString(column++, trace.model());
    insert.setString(column++, trace.revision());
    insert.setString(column++, trace.query());
    insert.setString(column++, retrieved.toString());
    insert.setString(column++, trace.prompt());
    insert.setString(column++, trace.answer());
    setInt(insert, column++, trace.promptTokens());
    setInt(insert, column++, trace.completionTokens());
    insert.setString(column++, trace.finishReason().orElse(null));
    insert.setString(column++, steps.toString());
    insert.setString(column++, trace.error().orElse(null));
    insert.setString(column++, trace.parent().map(TraceParent::header).orElse(null));
    insert.setString(column, trace.tenant().orElse(null));
  }

  private static void setInt(PreparedStatement insert, int column, OptionalInt value)
      throws SQLException {
    if (value.isPresent()) {
      insert.setInt(column, value.getAsInt());
    } else {
      insert.setNull(column, Types.INTEGER);
    }
  }

  /** Reads all that a statement finds, with the feedback. */
  static List<Row> read(Connection connection, PreparedStatement select) throws SQLException {
    List<Row> found = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        long micros = row.getLong("started_us");
        String id = text(row, "id");
        Trace trace =
            new Trace(
                id,
                text(row, "request_id"),
                instant(micros),
                text(row, "route"),
                text(row, "deployment"),
                text(row, "model"),
                text(row, "revision"),
                text(row, "query"),
                retrieved(text(row, "retrieved")),
                text(row, "prompt"),
                text(row, "answer"),
                integer(row, "prompt_tokens"),
                integer(row, "completion_tokens"),
                optional(row, "finish_reason"),
                steps(text(row, "steps")),
                optional(row, "error"),
                TraceParent.of(optional(row, "parent")),
                optional(row, "tenant"),
                FeedbackRows.of(connection, id));
        found.add(new Row(trace, new TraceQuery.Cursor(micros, row.getLong("row"))));
      }
    }
    return found;
  }

  private static List<Trace.Retrieved> retrieved(String json) throws SQLException {
    List<Trace.Retrieved> hits = new ArrayList<>();
    for (JsonNode hit : parse(json)) {
      hits.add(new Trace.Retrieved(hit.path("id").asText(), hit.path("score").asDouble()));
    }
    return hits;
  }

  private static List<Trace.Step> steps(String json) throws SQLException {
    List<Trace.Step> steps = new ArrayList<>();
    for (JsonNode step : parse(json)) {
      Map<String, String> notes = new LinkedHashMap<>();
      step.path("notes")
          .properties()
          .forEach(note -> notes.put(note.getKey(), note.getValue().asText()));
      steps.add(
          new Trace.Step(
              step.path("name").asText(),
              Duration.ofNanos(step.path("start_ns").asLong()),
              Duration.ofNanos(step.path("time_ns").asLong()),
              notes));
    }
    return steps;
  }

  private static JsonNode parse(String json) throws SQLException {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException broken) {
      throw new SQLException("a column does not hold JSON");
    }
  }

  private static String text(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNullElse(row.getString(column), "");
  }

  private static Optional<String> optional(ResultSet row, String column) throws SQLException {
    @Nullable String value = row.getString(column);
    return Optional.ofNullable(value);
  }

  private static OptionalInt integer(ResultSet row, String column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
