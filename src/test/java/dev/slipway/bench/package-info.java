/** Tests of the load generator, against services that behave as each test says. */
@NullMarked
package dev.slipway.bench;

import org.jspecify.annotations.NullMarked;
