/** Copies a snapshot to a bucket, from where endpoints read it: streamed, checked, resumable. */
@NullMarked
package dev.slipway.model.mirror;

import org.jspecify.annotations.NullMarked;
