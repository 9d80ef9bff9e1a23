package dev.slipway.deploy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.deploy.cloud.ContainerLogs;
import dev.slipway.standin.kernel.VirtualPace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CloudLogsTest {
  private final VirtualPace pace = new VirtualPace();
  private final Instant start = pace.now();
  private final Group group = new Group();

  /** A group whose lines arrive in any order. */
  private static final class Group implements ContainerLogs {
    private final List<Line> written = new ArrayList<>();

    @Override
    public List<Line> read(String name, Instant since, int most) {
      return written.stream().filter(line -> !line.at().isBefore(since)).toList();
    }

    @Override
    public List<String> groups(String prefix) {
      return List.of(prefix);
    }

    @Override
    public void delete(String name) {
      written.clear();
    }
  }

  private void line(String id, int second) {
    group.written.add(new ContainerLogs.Line(id, start.plusSeconds(second), "main/i-1", id));
  }

  @Test
  void theLastLinesComeInTheirOrder() {
    line("second", 2);
    line("first", 1);
    line("third", 3);

    assertThat(new CloudLogs(group, "g", pace).last(start, 2))
        .extracting(ContainerLogs.Line::text)
        .containsExactly("second", "third");
  }

  @Test
  void eachFollowedLineIsShownOnceAndInOrderThoughInstancesReportLate() {
    line("old", -1);
    List<String> shown = new ArrayList<>();
    int[] looks = {0};

    new CloudLogs(group, "g", pace)
        .follow(
            start.minus(Duration.ofHours(1)),
            10,
            line -> shown.add(line.text()),
            () -> {
              looks[0]++;
              if (looks[0] == 2) {
                line("b", 2);
              } else if (looks[0] == 3) {
                line("a", 1); // another instance's: written before, delivered after
              }
              return looks[0] < 12;
            });

    assertThat(shown).containsExactly("old", "a", "b");
  }
}
