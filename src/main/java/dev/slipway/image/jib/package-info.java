/** Builds container images with Jib's library, without Docker. */
@NullMarked
package dev.slipway.image.jib;

import org.jspecify.annotations.NullMarked;
