package dev.slipway.deploy.teardown;

import java.util.List;

/**
 * Says what became of a deployment's resources: the document of {@code slipway destroy --json}.
 *
 * @param deleted what is gone now (or would be, of a dry run), in the order in which it went
 * @param kept what the deployment used and the user owns
 * @param left what should be gone and is not; empty is the proof that nothing is left
 */
public record Removal(List<Deleted> deleted, List<Kept> kept, List<Left> left) {

  /** Copies the lists. */
  public Removal {
    deleted = List.copyOf(deleted);
    kept = List.copyOf(kept);
    left = List.copyOf(left);
  }

  /**
   * One thing that is gone.
   *
   * @param type CloudFormation's where it has one
   */
  public record Deleted(String type, String name) {}

  /**
   * One thing that stays.
   *
   * @param reason why
   */
  public record Kept(String type, String name, String reason) {}

  /**
   * One thing that should be gone.
   *
   * @param reason why it is not
   * @param remove how to remove it
   */
  public record Left(String type, String name, String reason, String remove) {}
}
