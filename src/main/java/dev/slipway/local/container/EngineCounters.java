package dev.slipway.local.container;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what the engine does; since its start where nothing else is said. Thread-safe. */
final class EngineCounters {
  /** Requests that generate now. */
  final AtomicInteger active = new AtomicInteger();

  /** Requests answered whole. */
  final AtomicLong completed = new AtomicLong();

  /** Requests stopped because their client was gone or their deadline over. */
  final AtomicLong cancelled = new AtomicLong();

  /** Requests that the engine failed at. */
  final AtomicLong failed = new AtomicLong();

  /** Tokens generated. */
  final AtomicLong tokens = new AtomicLong();
}
