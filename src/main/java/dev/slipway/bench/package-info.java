/** Puts a running service under load, and reports what its callers saw, in the field's names. */
@NullMarked
package dev.slipway.bench;

import org.jspecify.annotations.NullMarked;
