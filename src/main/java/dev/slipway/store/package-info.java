/** Keeps passages in a searchable index. */
@NullMarked
package dev.slipway.store;

import org.jspecify.annotations.NullMarked;
