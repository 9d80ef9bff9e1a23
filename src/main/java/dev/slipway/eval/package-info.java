/** Measures answers: questions with what is expected of them, scores, gates, and reports. */
@NullMarked
package dev.slipway.eval;

import org.jspecify.annotations.NullMarked;
