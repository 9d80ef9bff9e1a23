/** Simulates the services beneath the stacks: hosting, scaling, alarms, logs, images, objects. */
@NullMarked
package dev.slipway.standin.hosting;

import org.jspecify.annotations.NullMarked;
