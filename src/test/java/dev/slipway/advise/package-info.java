/** Tests of {@code dev.slipway.advise}. */
@NullMarked
package dev.slipway.advise;

import org.jspecify.annotations.NullMarked;
