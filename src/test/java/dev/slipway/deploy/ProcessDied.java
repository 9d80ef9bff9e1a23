package dev.slipway.deploy;

/** Stands for {@code kill -9}: nothing catches it, and nothing more is done after it. */
final class ProcessDied extends Error {
  private static final long serialVersionUID = 1;
}
