/** Tests of {@code dev.slipway.aws}. */
@NullMarked
package dev.slipway.aws;

import org.jspecify.annotations.NullMarked;
