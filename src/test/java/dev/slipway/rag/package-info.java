/** Tests of {@code dev.slipway.rag}. */
@NullMarked
package dev.slipway.rag;

import org.jspecify.annotations.NullMarked;
