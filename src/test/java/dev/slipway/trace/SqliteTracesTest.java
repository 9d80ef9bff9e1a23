package dev.slipway.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.failure.OperationFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SqliteTracesTest {
  /** The traces of these tests are of another year. */
  private static final Retention FOREVER = new Retention(Duration.ofDays(100_000), 1_000_000);

  private final Path home;

  SqliteTracesTest(@TempDir Path home) {
    this.home = home;
  }

  private Path folder() {
    return home.resolve("traces");
  }

  private Path file() {
    return folder().resolve("traces.db");
  }

  private Connection raw() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file());
  }

  private static void sql(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void keepsEveryFieldOfATrace() {
    try (SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER)) {
      traces.record(Traces.numbered(1));
      traces.record(Traces.bare(2));

      Trace found = traces.find(Traces.numbered(1).id()).orElseThrow();
      assertThat(found).isEqualTo(Traces.numbered(1));
      assertThat(List.copyOf(found.timings().keySet())).containsExactly("search", "embed", "total");
      assertThat(traces.find(Traces.bare(2).id())).contains(Traces.bare(2));
      assertThat(traces.find("none")).isEmpty();
    }
  }

  @Test
  void listsTheNewestFirst() {
    try (SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER)) {
      for (int number : new int[] {3, 1, 4, 2}) {
        traces.record(Traces.numbered(number));
      }
      assertThat(traces.newest(3))
          .containsExactly(Traces.numbered(4), Traces.numbered(3), Traces.numbered(2));
      assertThat(traces.newest(0)).isEmpty();
      assertThat(traces.newest(-1)).isEmpty();
    }
  }

  @Test
  void closingWritesWhatWasRecorded() {
    SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER);
    for (int number = 0; number < 700; number++) {
      traces.record(Traces.numbered(number));
    }
    traces.close();

    try (SqliteTraces again = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER)) {
      assertThat(again.newest(1_000)).hasSize(700);
    }
    assertThat(traces.dropped()).isZero();
  }

  @Test
  void anotherReaderSeesTracesWhileTheyAreRecorded() {
    try (SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER);
        TraceLog reader = SqliteTraces.reading(folder())) {
      assertThat(reader.newest(5)).isEmpty();
      traces.record(Traces.numbered(1));
      assertThat(traces.newest(5)).hasSize(1);
      assertThat(reader.newest(5)).containsExactly(Traces.numbered(1));
      traces.record(Traces.numbered(2));
      assertThat(traces.newest(5)).hasSize(2);
      assertThat(reader.find(Traces.numbered(2).id())).isPresent();
    }
    try (TraceLog reader = SqliteTraces.reading(folder())) {
      assertThat(reader.newest(5)).as("after the service has ended").hasSize(2);
    }
  }

  @Test
  void tracesOfAnOlderVersionAreKept() throws SQLException {
    try (SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER)) {
      traces.record(Traces.numbered(1));
    }
    try (Connection connection = raw()) {
      sql(connection, "DROP TABLE feedback");
      sql(connection, "ALTER TABLE trace DROP COLUMN parent");
      sql(connection, "ALTER TABLE trace DROP COLUMN tenant");
      sql(connection, "ALTER TABLE trace RENAME COLUMN steps TO timings");
      sql(connection, "UPDATE trace SET timings = '{\"search\": 1500000, \"total\": 2000000}'");
      sql(connection, "PRAGMA user_version = 1");
    }

    try (SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER)) {
      Trace found = traces.find(Traces.numbered(1).id()).orElseThrow();
      assertThat(found.query()).isEqualTo(Traces.numbered(1).query());
      assertThat(found.timings())
          .containsExactly(
              java.util.Map.entry("search", Duration.ofNanos(1_500_000)),
              java.util.Map.entry("total", Duration.ofMillis(2)));
    }
  }

  @Test
  void theVersionBeforeIsReadByTheCommandLineToo() throws SQLException {
    try (SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER)) {
      traces.record(Traces.numbered(1));
    }
    try (Connection connection = raw()) {
      sql(connection, "DROP TABLE feedback");
      sql(connection, "ALTER TABLE trace DROP COLUMN parent");
      sql(connection, "ALTER TABLE trace DROP COLUMN tenant");
      sql(connection, "PRAGMA user_version = 2");
    }

    try (TraceLog reader = SqliteTraces.reading(folder())) {
      assertThat(reader.newest(5)).containsExactly(Traces.numbered(1));
    }
  }

  @Test
  void readingMakesNoFile() {
    try (TraceLog reader = SqliteTraces.reading(folder())) {
      assertThat(reader.newest(5)).isEmpty();
      assertThat(reader.find("x")).isEmpty();
    }
    assertThat(folder()).doesNotExist();
  }

  @Test
  void nobodyElseMayReadTheFiles() throws IOException {
    try (SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER)) {
      traces.record(Traces.numbered(1));
      assertThat(traces.newest(1)).hasSize(1);

      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
          .isEqualTo("rwx------");
      try (Stream<Path> files = Files.list(folder())) {
        assertThat(files)
            .isNotEmpty()
            .allSatisfy(
                path ->
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .isEqualTo("rw-------"));
      }
    }
  }

  @Test
  void aFileThatIsNoDatabaseIsSetAside() throws IOException {
    Files.createDirectories(folder());
    Files.writeString(file(), "this is no database, but somebody's notes\n".repeat(100));

    try (SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER)) {
      traces.record(Traces.numbered(1));
      assertThat(traces.newest(5)).containsExactly(Traces.numbered(1));
    }
    assertThat(brokenFiles()).hasSize(1);
    assertThat(brokenFiles().getFirst()).content().startsWith("this is no database");
  }

  @Test
  void anyDamageCostsTracesAndNeverMore() throws IOException {
    try (SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER)) {
      for (int number = 0; number < 200; number++) {
        traces.record(Traces.numbered(number));
      }
    }
    byte[] sound = Files.readAllBytes(file());
    for (long seed = 0; seed < 15; seed++) {
      Random random = new Random(seed);
      byte[] damaged = sound.clone();
      for (int i = 0; i < 400; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Files.write(file(), damaged);

      try (SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER)) {
        for (int number = 1_000; number < 1_020; number++) {
          traces.record(Traces.numbered(number));
        }
        readOrFailClearly(traces);
        assertThat(traces.dropped()).as("seed %d", seed).isZero();
      }
      deleteFiles();
    }
  }

  private void deleteFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      for (Path path : files.toList()) {
        Files.delete(path);
      }
    }
  }

  private static void readOrFailClearly(SqliteTraces traces) {
    try {
      assertThat(traces.newest(10)).hasSizeLessThanOrEqualTo(10);
    } catch (OperationFailed failure) {
      assertThat(failure.code()).isEqualTo("traces_unreadable");
    }
  }

  private List<Path> brokenFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.filter(path -> path.getFileName().toString().contains(".broken-")).toList();
    }
  }

  @Test
  void aFileOfANewerVersionIsLeftAlone() throws SQLException {
    try (SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER)) {
      traces.record(Traces.numbered(1));
    }
    try (Connection connection = raw()) {
      sql(connection, "PRAGMA user_version = 99");
    }

    try (SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER)) {
      traces.record(Traces.numbered(2));
      assertThatThrownBy(() -> traces.newest(5)).isInstanceOf(OperationFailed.class);
      assertThat(traces.dropped()).isEqualTo(1);
    }
    try (Connection connection = raw()) {
      assertThat(TraceRows.version(connection)).isEqualTo(99);
    }
  }

  @Test
  void aFolderThatCanNotBeMadeCostsTracesOnly() throws IOException {
    Files.writeString(folder(), "a file is in the way");

    try (SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER)) {
      traces.record(Traces.numbered(1));
      assertThat(traces.newest(5)).isEmpty();
      assertThat(traces.dropped()).isEqualTo(1);
    }
  }

  @Test
  void aLockedFileNeverMakesTheRecorderWait() throws Exception {
    try (SqliteTraces traces = SqliteTraces.open(folder(), 50, FOREVER);
        Connection other = openedByAnother(traces)) {
      sql(other, "BEGIN EXCLUSIVE");

      long slowest = 0;
      for (int number = 2; number < 500; number++) {
        long start = System.nanoTime();
        traces.record(Traces.numbered(number));
        slowest = Math.max(slowest, System.nanoTime() - start);
      }

      assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofMillis(500));
      assertThat(traces.dropped()).as("more than the queue holds").isPositive();
      sql(other, "ROLLBACK");
    }
  }

  private Connection openedByAnother(SqliteTraces traces) throws SQLException {
    traces.record(Traces.numbered(1));
    long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (traces.newest(5).isEmpty() && System.nanoTime() - giveUp < 0) {
      Thread.onSpinWait();
    }
    return raw();
  }

  @Test
  void manyThreadsRecordAtOnce() throws InterruptedException {
    int threads = 20;
    CountDownLatch done = new CountDownLatch(threads);
    try (SqliteTraces traces = SqliteTraces.open(folder(), TraceWriter.QUEUE, FOREVER)) {
      List<Thread> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int first = i * 25;
        running.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int number = first; number < first + 25; number++) {
                        traces.record(Traces.numbered(number));
                      }
                      done.countDown();
                    }));
      }
      assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(running).hasSize(threads);
    }
    try (TraceLog reader = SqliteTraces.reading(folder())) {
      assertThat(reader.newest(1_000)).hasSize(threads * 25).doesNotHaveDuplicates();
    }
  }
}
