/** Finds the passages of an answer, step by step, each of which can be switched off. */
@NullMarked
package dev.slipway.rag.retrieval;

import org.jspecify.annotations.NullMarked;
