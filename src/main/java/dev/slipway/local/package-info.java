/** Runs a deployment on this machine: its processes, its state on disk, its endpoint's life. */
@NullMarked
package dev.slipway.local;

import org.jspecify.annotations.NullMarked;
