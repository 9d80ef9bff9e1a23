/** Tests of {@code dev.slipway.trace}. */
@NullMarked
package dev.slipway.trace;

import org.jspecify.annotations.NullMarked;
