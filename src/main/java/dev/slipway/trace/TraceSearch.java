package dev.slipway.trace;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds traces by what is asked for, page by page. */
final class TraceSearch {
  private final List<String> conditions = new ArrayList<>();
  private final List<Object> values = new ArrayList<>();

  private TraceSearch(TraceQuery query) {
    query
        .text()
        .ifPresent(
            text -> {
              // instr and not LIKE: what is searched for has no wildcards. SQLite's lower on both
              // sides: it knows A to Z only, and Java's would miss the rest.
              where(
                  "(instr(lower(query), lower(?)) > 0 OR instr(lower(answer), lower(?)) > 0"
                      + " OR id = lower(?) OR request_id = ?)",
                  text,
                  text,
                  text,
                  text);
            });
    query.route().ifPresent(route -> where("route = ?", route));
    query
        .revision()
        .ifPresent(
            start ->
                where(
                    "substr(revision, 1, ?) = ?", start.codePointCount(0, start.length()), start));
    query.error().ifPresent(failed -> where(failed ? "error IS NOT NULL" : "error IS NULL"));
    query.since().ifPresent(since -> where("started_us >= ?", TraceRows.micros(since)));
    query.tenant().ifPresent(tenant -> where("tenant = ?", tenant));
    query
        .after()
        .ifPresent(end -> where("(started_us, rowid) < (?, ?)", end.startedMicros(), end.row()));
  }

  /** Returns one page. */
  static TracePage page(Connection connection, TraceQuery query) throws SQLException {
    TraceSearch search = new TraceSearch(query);
    int limit = Math.max(0, query.limit());
    String where =
        search.conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", search.conditions);
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT *, rowid AS row FROM trace"
                + where
                + " ORDER BY started_us DESC, rowid DESC LIMIT ?")) {
      int column = 1;
      for (Object value : search.values) {
        select.setObject(column++, value);
      }
      // One more tells whether there is a next page.
      select.setLong(column, limit + 1L);
      List<TraceRows.Row> rows = TraceRows.read(connection, select);
      boolean more = rows.size() > limit && limit > 0;
      List<TraceRows.Row> page = rows.subList(0, Math.min(limit, rows.size()));
      return new TracePage(
          page.stream().map(TraceRows.Row::trace).toList(),
          more ? Optional.of(page.getLast().cursor()) : Optional.empty());
    }
  }

  private void where(String condition, Object... given) {
    conditions.add(condition);
    values.addAll(List.of(given));
  }
}
