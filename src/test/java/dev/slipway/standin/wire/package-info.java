/** Speaks AWS's wire protocols over the simulation, on loopback. */
@NullMarked
package dev.slipway.standin.wire;

import org.jspecify.annotations.NullMarked;
