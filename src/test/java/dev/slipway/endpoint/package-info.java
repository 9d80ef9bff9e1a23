/** Tests of {@code dev.slipway.endpoint}. */
@NullMarked
package dev.slipway.endpoint;

import org.jspecify.annotations.NullMarked;
