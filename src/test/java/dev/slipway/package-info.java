/** Holds the whole house to its plan. */
@NullMarked
package dev.slipway;

import org.jspecify.annotations.NullMarked;
