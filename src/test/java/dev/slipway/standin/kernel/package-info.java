/** Keeps a stand-in's time, its errors, and the faults that a script asks of it. */
@NullMarked
package dev.slipway.standin.kernel;

import org.jspecify.annotations.NullMarked;
