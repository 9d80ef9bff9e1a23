/** Tests the command line with real arguments, and the whole with real processes. */
@NullMarked
package dev.slipway.cli;

import org.jspecify.annotations.NullMarked;
