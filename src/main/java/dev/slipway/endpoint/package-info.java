/** Asks a running endpoint: whole, streamed or through a bucket, within a deadline. */
@NullMarked
package dev.slipway.endpoint;

import org.jspecify.annotations.NullMarked;
