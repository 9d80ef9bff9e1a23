package dev.slipway.manifest;

import java.net.URI;
import java.util.Optional;

/**
 * Says what prompt monitoring keeps and where it goes.
 *
 * @param store where traces are kept on this machine
 * @param export an OTLP endpoint
 * @param content whether exported spans carry prompt and answer text
 */
public record TraceSpec(Store store, Optional<URI> export, boolean content) {
  /** Where traces are kept on this machine. */
  public enum Store {
    /** A SQLite file that only its owner can read. */
    SQLITE
  }
}
