package dev.slipway.deploy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Says which process this is, and whether another one of this machine is still there. */
public interface Presence {

  /**
   * One process.
   *
   * @param host the machine's name, for people
   * @param machine tells machines, their boots and their containers apart; empty where nothing says
   * @param pid on that machine
   * @param started when it began, so that a number used again isn't mistaken; empty if unknown
   */
  record Running(String host, String machine, long pid, String started) {}

  /** Returns this process. */
  Running here();

  /** Returns whether a process is known to be gone; false where that can't be told. */
  boolean gone(Running other);

  /** Looks at this machine's process table. */
  static Presence ofThisMachine() {
    ProcessHandle current = ProcessHandle.current();
    Running here = new Running(hostName(), machine(), current.pid(), started(current));
    return new Presence() {
      @Override
      public Running here() {
        return here;
      }

      @Override
      public boolean gone(Running other) {
        if (here.machine().isEmpty() || !here.machine().equals(other.machine())) {
          return false;
        }
        Optional<ProcessHandle> found = ProcessHandle.of(other.pid());
        return found.isEmpty() || !started(found.get()).equals(other.started());
      }
    };
  }

  private static String started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("");
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  /** Process numbers mean something only inside one boot and one namespace. */
  private static String machine() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + "/"
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException | UnsupportedOperationException notLinux) {
      return "";
    }
  }
}
