package dev.slipway.standin.hosting;

import dev.slipway.deploy.cloud.ContainerLogs;
import dev.slipway.standin.kernel.Agenda;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** CloudWatch Logs. Not thread-safe: the simulation takes one call at a time. */
public final class SimulatedLogs implements ContainerLogs {
  private final Agenda agenda;
  private final Map<String, List<Line>> groups = new TreeMap<>();
  private long written;

  /** Makes no group yet. */
  public SimulatedLogs(Agenda agenda) {
    this.agenda = agenda;
  }

  /** Makes a group. */
  public void create(String group) {
    groups.computeIfAbsent(group, name -> new ArrayList<>());
  }

  /** Writes lines now; makes the group where it is missing. */
  public void write(String group, String stream, List<String> lines) {
    create(group);
    List<Line> all = groups.getOrDefault(group, new ArrayList<>());
    for (String text : lines) {
      all.add(new Line(String.format("%020d", written++), agenda.now(), stream, text));
    }
  }

  /** Writes a line as of a moment; makes the group where it is missing. */
  public void write(String group, String stream, Instant at, String text) {
    create(group);
    groups
        .getOrDefault(group, new ArrayList<>())
        .add(new Line(String.format("%020d", written++), at, stream, text));
  }

  @Override
  public List<Line> read(String group, Instant since, int most) {
    List<Line> found =
        groups.getOrDefault(group, List.of()).stream()
            .filter(line -> !line.at().isBefore(since))
            .toList();
    return found.subList(Math.max(0, found.size() - most), found.size());
  }

  @Override
  public List<String> groups(String prefix) {
    return groups.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
  }

  @Override
  public void delete(String group) {
    groups.remove(group);
  }
}
