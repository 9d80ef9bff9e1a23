/** Advises, purely: which instance holds a model, and what will go wrong before it is tried. */
@NullMarked
package dev.slipway.advise;

import org.jspecify.annotations.NullMarked;
