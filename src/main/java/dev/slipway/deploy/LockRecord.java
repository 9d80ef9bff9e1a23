package dev.slipway.deploy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Says who works on an environment: the content of its lock.
 *
 * @param id of the run
 * @param who the caller's ARN
 * @param host the machine's name
 * @param machine tells machines apart; empty if unknown
 * @param pid the process on it
 * @param started when that process began; empty if unknown
 * @param since when the lock was taken, ISO 8601 in UTC
 * @param renewed when its holder last showed to be alive, ISO 8601 in UTC
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LockRecord(
    String id,
    String who,
    String host,
    String machine,
    long pid,
    String started,
    String since,
    String renewed) {

  Presence.Running process() {
    return new Presence.Running(host, machine, pid, started);
  }

  LockRecord renewedAt(Instant now) {
    String seconds = now.truncatedTo(ChronoUnit.SECONDS).toString();
    return new LockRecord(id, who, host, machine, pid, started, since, seconds);
  }
}
