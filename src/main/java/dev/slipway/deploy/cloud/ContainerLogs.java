package dev.slipway.deploy.cloud;

import java.time.Instant;
import java.util.List;

/** The containers' logs in CloudWatch Logs. */
public interface ContainerLogs {

  /**
   * One line.
   *
   * @param id unique in its group
   * @param stream the variant and instance, or the copy, that it is from
   */
  record Line(String id, Instant at, String stream, String text) {}

  /**
   * Reads lines, oldest first.
   *
   * @param since the moment from which on
   * @param most how many; of more the newest
   * @return nothing where the group doesn't exist (yet)
   */
  List<Line> read(String group, Instant since, int most);

  /** Lists the groups whose name starts with a text. */
  List<String> groups(String prefix);

  /** Deletes a group; an absent one is no failure. */
  void delete(String group);
}
