/** Monitors prompts: records, stores and lists what became of each question. */
@NullMarked
package dev.slipway.trace;

import org.jspecify.annotations.NullMarked;
