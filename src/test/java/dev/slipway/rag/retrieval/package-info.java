/** Tests the steps of retrieval, each alone and all together. */
@NullMarked
package dev.slipway.rag.retrieval;

import org.jspecify.annotations.NullMarked;
