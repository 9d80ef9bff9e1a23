/** Stands in for AWS in one region of one account: a simulation, and a cloud made of it. */
@NullMarked
package dev.slipway.standin;

import org.jspecify.annotations.NullMarked;
