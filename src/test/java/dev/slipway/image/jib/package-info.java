/** Tests of images that are really built. */
@NullMarked
package dev.slipway.image.jib;

import org.jspecify.annotations.NullMarked;
