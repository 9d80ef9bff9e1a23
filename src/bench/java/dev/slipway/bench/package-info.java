/** Measures what the house promises of its speed; started by the scripts of {@code src/bench}. */
@NullMarked
package dev.slipway.bench;

import org.jspecify.annotations.NullMarked;
