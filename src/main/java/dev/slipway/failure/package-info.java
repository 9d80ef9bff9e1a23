/**
 * Says what can go wrong: what happened, why, what to do next, and whether trying again can help.
 */
@NullMarked
package dev.slipway.failure;

import org.jspecify.annotations.NullMarked;
