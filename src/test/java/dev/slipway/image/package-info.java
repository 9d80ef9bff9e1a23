/** Tests of what an image holds. */
@NullMarked
package dev.slipway.image;

import org.jspecify.annotations.NullMarked;
