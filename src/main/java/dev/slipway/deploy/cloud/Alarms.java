package dev.slipway.deploy.cloud;

import java.util.List;
import java.util.Optional;

/** CloudWatch's alarms. */
public interface Alarms {

  /**
   * One alarm.
   *
   * @param state {@code OK}, {@code ALARM} or {@code INSUFFICIENT_DATA}
   */
  record Alarm(String name, String arn, String state, Optional<String> reason) {
    /** Returns whether it rings. */
    public boolean rings() {
      return state.equals("ALARM");
    }
  }

  /** Lists the alarms whose name starts with a text. */
  List<Alarm> startingWith(String prefix);

  /** Deletes alarms; absent ones are no failure. */
  void delete(List<String> names);
}
