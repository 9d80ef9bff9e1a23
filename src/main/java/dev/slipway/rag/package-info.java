/** Answers a question: retrieve, fill the prompt, ask the endpoint, record the trace. */
@NullMarked
package dev.slipway.rag;

import org.jspecify.annotations.NullMarked;
