/** Turns arguments into work and failures into exit codes: the command line. */
@NullMarked
package dev.slipway.cli;

import org.jspecify.annotations.NullMarked;
