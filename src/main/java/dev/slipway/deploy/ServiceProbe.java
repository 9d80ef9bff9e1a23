package dev.slipway.deploy;

import dev.slipway.manifest.Manifest;
import java.net.URI;

/** Asks a service that has just been deployed one real question, as a caller would. */
@FunctionalInterface
public interface ServiceProbe {

  /** What came of it. */
  enum Reach {
    /** It answered a question. */
    ANSWERED,
    /** It lives; no key is at hand to ask it with. */
    LIVE,
    /** It can't be reached from this machine, as one inside of a VPC can't. */
    UNREACHABLE,
    /** It is reached, but its certificate is for another name than the load balancer's. */
    OTHER_NAME,
    /** It is reached, and doesn't answer as it should. */
    FAILED
  }

  /**
   * An answer.
   *
   * @param detail what is known of it, for people; holds neither question nor answer
   */
  record Answer(Reach reach, String detail) {}

  /** Asks; one that is down is an answer, not an exception. */
  Answer ask(Manifest manifest, URI service);
}
