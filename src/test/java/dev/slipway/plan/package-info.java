/** Tests of {@code dev.slipway.plan}. */
@NullMarked
package dev.slipway.plan;

import org.jspecify.annotations.NullMarked;
