/** Computes embeddings and counts tokens in this process. */
@NullMarked
package dev.slipway.inference;

import org.jspecify.annotations.NullMarked;
