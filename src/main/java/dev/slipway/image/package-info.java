/** Decides what the service's container image holds; pure, except that it looks at files. */
@NullMarked
package dev.slipway.image;

import org.jspecify.annotations.NullMarked;
