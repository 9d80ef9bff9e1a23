/** Reads a manifest into validated, immutable records, and reports every problem of it at once. */
@NullMarked
package dev.slipway.manifest;

import org.jspecify.annotations.NullMarked;
