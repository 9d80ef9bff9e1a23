/** Decides, purely, what a deployment is made of, what a deploy changes, and what that costs. */
@NullMarked
package dev.slipway.plan;

import org.jspecify.annotations.NullMarked;
