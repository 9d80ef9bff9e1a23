/** Resolves where a model comes from to one immutable snapshot, and pins it in a lock. */
@NullMarked
package dev.slipway.model;

import org.jspecify.annotations.NullMarked;
