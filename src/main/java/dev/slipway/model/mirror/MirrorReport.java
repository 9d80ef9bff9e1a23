package dev.slipway.model.mirror;

/**
 * Says what a copy did.
 *
 * @param manifest what now lies in the bucket
 * @param sent files of which this run sent something
 * @param kept files that were there already
 * @param movedBytes bytes that this run sent
 */
public record MirrorReport(MirrorManifest manifest, int sent, int kept, long movedBytes) {

  /** Returns whether everything was there already. */
  public boolean unchanged() {
    return sent == 0;
  }
}
