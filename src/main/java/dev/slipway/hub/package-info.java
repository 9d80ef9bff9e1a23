/** Resolves model sources that are files or speak plain HTTP. */
@NullMarked
package dev.slipway.hub;

import org.jspecify.annotations.NullMarked;
