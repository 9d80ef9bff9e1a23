/** Answers questions that their callers come back for: kept, run, and begun again after a crash. */
@NullMarked
package dev.slipway.api.job;

import org.jspecify.annotations.NullMarked;
