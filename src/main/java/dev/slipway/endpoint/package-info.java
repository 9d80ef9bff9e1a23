/** Asks a running endpoint: whole or streamed, within a deadline. */
@NullMarked
package dev.slipway.endpoint;

import org.jspecify.annotations.NullMarked;
