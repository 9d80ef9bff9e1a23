/** Turns documents into passages and keeps a store in step with them. */
@NullMarked
package dev.slipway.rag.index;

import org.jspecify.annotations.NullMarked;
